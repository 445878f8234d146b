using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>Layer 1: what predictions say of their endpoint, and the machine that it runs on.</summary>
public static class SystemSetup
{
    public static IServiceCollection AddSystemLayer(this IServiceCollection services, MachineOptions options, bool allowLinkLocal)
    {
        services.AddSingleton<IProfileCalculator, SystemCalculator>();
        services
            .AddSingleton(options)
            .AddSingleton(new PrometheusClient(options, allowLinkLocal))
            .AddSingleton<MachineQueryStore>()
            .AddSingleton(provider => new MachineQueryTest(
                provider.GetRequiredService<PrometheusClient>(),
                options,
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<AvailabilityReader>()
            .AddSingleton<FirstMoves>()
            .AddHostedService<MachinePull>();
        return services.AddStateOwner(
            "machine_queries",
            "queries for metrics of the machine",
            ["machine_query"],
            static (db, modelId, cancellation) => db.MachineQueries.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation)
        );
    }
}

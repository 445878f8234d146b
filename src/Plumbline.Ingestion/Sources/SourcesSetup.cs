using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Ingestion.Sources;

/// <summary>Outcomes that are fetched: from tables of a database and from Parquet files, incrementally.</summary>
public static class SourcesSetup
{
    public static IServiceCollection AddSources(this IServiceCollection services, SourcesOptions options)
    {
        services
            .AddSingleton(options)
            .AddSingleton<RunningPulls>()
            .AddSingleton<SourceCatalog>()
            .AddSingleton<SourceReader>()
            .AddSingleton<SourceTables>();
        services.AddSingleton<RefusedRows>().AddSingleton<SourcePull>().AddInstruments<SourceInstruments>();
        services.AddHostedService<SourceSchedule>();
        services.AddDataOwner<SourceCatalog>(
            new DataDescription("sources", "declared sources of outcomes and how far they were read", DataPlace.State, "outcome_source"),
            (sources, model, cancellation) => sources.ForgetAsync(model.Id, cancellation)
        );
        return services;
    }

    public static void MapSources(this IEndpointRouteBuilder routes) => routes.MapSourceEndpoints();
}

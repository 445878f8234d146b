using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>The search for slices of traffic that are worse than the rest: daily, and when somebody asks.</summary>
public static class ColdSpotsSetup
{
    public static IServiceCollection AddColdSpots(this IServiceCollection services, ColdSpotOptions options)
    {
        services.AddSingleton(options);
        services
            .AddSingleton<ColdSpotRows>()
            .AddSingleton<ColdSpotFeatures>()
            .AddSingleton<ColdSpotSearch>()
            .AddSingleton<ColdSpotJobs>()
            .AddSingleton<ColdSpotReader>()
            .AddSingleton<ColdSpotWatch>();
        services.AddDataOwner<ColdSpotJobs>(
            new DataDescription("cold_spots", "searches for slices that are worse, and what they found", DataPlace.State, "cold_spot_run"),
            (jobs, model, cancellation) => jobs.RemoveAsync(model, cancellation)
        );
        services.AddSingleton<ColdSpotSchedule>().AddHostedService(provider => provider.GetRequiredService<ColdSpotSchedule>());
        return services;
    }
}

using Plumbline.Exposition.Otlp;
using Plumbline.Exposition.Scraping;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition;

/// <summary>Numbers for other observability: given to who scrapes, sent to who takes OTLP.</summary>
public static class ExpositionSetup
{
    /// <summary>Adds both.</summary>
    /// <param name="services">Gets them.</param>
    /// <param name="options">Of what is given to who scrapes.</param>
    /// <param name="telemetry">Of what is sent.</param>
    /// <param name="allowLinkLocal">Whether link-local addresses may be sent to.</param>
    public static IServiceCollection AddExposition(
        this IServiceCollection services,
        ExpositionOptions options,
        TelemetryOptions telemetry,
        bool allowLinkLocal
    )
    {
        services.AddSingleton(options).AddSingleton<SeriesCache>().AddSingleton<Scrape>().AddInstruments<ExpositionInstruments>();
        services.AddMemoryOwner<SeriesCache>(
            "scraped_series",
            "numbers as they are given to who scrapes",
            (cache, model) => cache.Forget(model.Id)
        );
        services.AddOtlp(telemetry, allowLinkLocal);
        return services;
    }

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapExposition(this IEndpointRouteBuilder routes) => routes.MapScraping();
}

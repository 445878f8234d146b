using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// Metric points: stored, computed by the window pass, read by pages and API. The calculators are registered by the composition root.
/// </summary>
public static class MetricsSetup
{
    public static IServiceCollection AddMetricPoints(this IServiceCollection services)
    {
        services
            .AddSingleton<MetricPointStore>()
            .AddSingleton<WindowComputation>()
            .AddSingleton<MetricReader>()
            .AddSingleton<WindowPassState>()
            .AddInstruments<WindowInstruments>()
            .AddSingleton<NotComputedReader>();
        services.AddDataOwner<MetricPointStore>(
            new DataDescription(EventRows.MetricPoints, "metric points of windows", DataPlace.Engine, "metric_points")
            {
                Period = RetentionPeriod.Profiles,
            },
            (points, model, cancellation) => points.DeleteModelAsync(model.Id, cancellation),
            (points, model, before, cancellation) => points.DeleteBeforeAsync(model, before, cancellation)
        );
        services.AddMemoryOwner<MetricReader>(
            "open_windows",
            "numbers of windows that are open",
            (reader, model) => reader.Forget(model.Id)
        );
        services.AddHostedService<WindowPass>();
        return services;
    }
}

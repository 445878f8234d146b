using Plumbline.Registry.Models;
using Plumbline.Registry.Retention;
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
        services.AddModelRemoval<MetricPointStore>((points, model, cancellation) => points.DeleteModelAsync(model.Id, cancellation));
        services.AddModelRemoval<MetricReader>((reader, model) => reader.Forget(model.Id));
        services.AddRetainedRows<MetricPointStore>(
            RetainedRows.MetricPoints,
            RetentionPeriod.Profiles,
            (points, model, before, cancellation) => points.DeleteBeforeAsync(model, before, cancellation)
        );
        services.AddHostedService<WindowPass>();
        return services;
    }
}

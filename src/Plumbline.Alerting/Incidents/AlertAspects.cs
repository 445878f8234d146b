using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Incidents;

/// <summary>Sorts alerts by what they are about.</summary>
internal static class AlertAspects
{
    /// <summary>What the metric speaks of; drift of the answers is of the outputs.</summary>
    public static MetricAspect Of(AlertRow alert)
    {
        var metric = KnownMetrics.Of(alert.Metric);
        return metric.LayerOf(alert.Feature) == metric.Layer ? metric.Aspect : MetricAspect.Outputs;
    }
}

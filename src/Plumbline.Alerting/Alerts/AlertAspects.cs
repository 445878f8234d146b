using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Alerts;

/// <summary>Sorts alerts by what they are about and by how they began.</summary>
public static class AlertAspects
{
    /// <summary>A change found this many windows after its onset, or sooner, began sharply.</summary>
    internal const int SharpWindows = 8;

    /// <summary>What the metric speaks of; drift of the answers is of the outputs.</summary>
    public static MetricAspect Of(AlertRow alert)
    {
        var metric = KnownMetrics.Of(alert.Metric);
        return metric.LayerOf(alert.Feature) == metric.Layer ? metric.Aspect : MetricAspect.Outputs;
    }

    /// <summary>Whether an alert's change began at a moment that is known to some windows.</summary>
    public static bool IsSharp(AlertRow alert) => alert.Numbers.Windows <= SharpWindows;

    /// <summary>Whether an alert is about the distribution of a feature.</summary>
    public static bool IsDrift(AlertRow alert) => Of(alert) == MetricAspect.FeatureDrift;
}

using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.Drift;

/// <summary>Metrics of how far a feature is from its reference: each measure in Measures/ is one, and has its name there.</summary>
public static class DriftMetrics
{
    /// <summary>How the names of all measures of drift begin.</summary>
    public const string Prefix = "drift.";

    public static IReadOnlyList<MetricDefinition> All { get; } = [.. DriftMeasure.All.Select(measure => measure.Definition)];

    /// <summary>Whether a metric is a measure of drift, of one feature or of all together.</summary>
    public static bool Contains(string metric) => metric.StartsWith(Prefix, StringComparison.Ordinal);
}

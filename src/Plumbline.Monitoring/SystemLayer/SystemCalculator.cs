using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>How the model's endpoint behaves, as its own predictions tell: requests, errors, timeouts, latency.</summary>
public sealed class SystemCalculator : IProfileCalculator
{
    private static readonly double[] LatencyEdges = [.. PseudoFeatures.LatencyEdges];

    private static readonly (string Metric, double Probability)[] Quantiles = [("system.latency_ms.p50", 0.5), ("system.latency_ms.p95", 0.95), ("system.latency_ms.p99", 0.99)];

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("system.requests", MetricLayer.System, "requests", "[0, ∞)", MetricDirection.Neutral, "Predictions in the window, whatever their status."),
        new("system.throughput", MetricLayer.System, "requests/s", "[0, ∞)", MetricDirection.Neutral, "Requests divided by the length of the window."),
        new("system.error_rate", MetricLayer.System, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Predictions with status error, divided by all.", "Wilson"),
        new("system.timeout_rate", MetricLayer.System, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Predictions with status timeout, divided by all.", "Wilson"),
        .. Quantiles.Select(quantile => new MetricDefinition(quantile.Metric, MetricLayer.System, "ms", "[0, ∞)", MetricDirection.LowerIsBetter,
            $"The {quantile.Probability * 100:0} % quantile of the latency that clients reported, read from a histogram of 400 bins that grow by 4 %: within 4 % of the exact value.")),
    ];

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is { } status)
        {
            sink.AddCount("system.requests", status.Rows, status.Rows);
            sink.AddCount("system.throughput", status.Rows / profiles.Window.Length.TotalSeconds, status.Rows);
            sink.Add("system.error_rate", Wilson.Proportion(status.Bins[1], status.Rows));
            sink.Add("system.timeout_rate", Wilson.Proportion(status.Bins[2], status.Rows));
        }

        if (profiles.Find(PseudoFeatures.LatencyMs) is not { Present: > 0 } latency) return;
        foreach (var (metric, probability) in Quantiles)
            sink.Add(metric, PercentileDistance.QuantileOf(LatencyEdges, new NumericBins(latency.Bins, latency.Minimum, latency.Maximum), probability));
    }
}

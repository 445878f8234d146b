using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>How the model's endpoint behaves, as its own predictions tell: requests, errors, timeouts, latency.</summary>
public sealed class SystemCalculator : IProfileCalculator
{
    private static readonly double[] LatencyEdges = [.. PseudoFeatures.LatencyEdges];

    public IReadOnlyList<MetricDefinition> Metrics => SystemMetrics.All;

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is { } status)
        {
            sink.AddCount(SystemMetrics.Requests, status.Rows, status.Rows);
            sink.AddCount(SystemMetrics.Throughput, status.Rows / profiles.Window.Length.TotalSeconds, status.Rows);
            sink.Add(SystemMetrics.ErrorRate, Wilson.Proportion(status.Bins[1], status.Rows));
            sink.Add(SystemMetrics.TimeoutRate, Wilson.Proportion(status.Bins[2], status.Rows));
        }

        if (profiles.Find(PseudoFeatures.LatencyMs) is not { Present: > 0 } latency)
            return;
        foreach (var (metric, probability, _) in SystemMetrics.Quantiles)
        {
            sink.Add(
                metric,
                PercentileDistance.QuantileOf(LatencyEdges, new NumericBins(latency.Bins, latency.Minimum, latency.Maximum), probability)
            );
        }
    }
}

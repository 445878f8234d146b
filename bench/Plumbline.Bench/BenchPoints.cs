using Plumbline.Monitoring.Metrics;

namespace Plumbline.Bench;

/// <summary>Points to store, alike but for what a benchmark is about.</summary>
internal static class BenchPoints
{
    public static MetricPoint Of(string metric, string feature, DateTimeOffset start, TimeSpan window, double value) =>
        new()
        {
            Metric = metric,
            Feature = feature,
            WindowStart = start,
            WindowEnd = start + window,
            Value = value,
            Lower = value * 0.9,
            Upper = value * 1.1,
            N = 4000,
            Status = MetricStatus.Ok,
        };
}

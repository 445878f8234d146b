using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>Metrics of the model's endpoint.</summary>
public static class SystemMetrics
{
    public const string Requests = "system.requests";
    public const string Throughput = "system.throughput";
    public const string ErrorRate = "system.error_rate";
    public const string TimeoutRate = "system.timeout_rate";
    public const string LatencyP50 = "system.latency_ms.p50";
    public const string LatencyP95 = "system.latency_ms.p95";
    public const string LatencyP99 = "system.latency_ms.p99";

    /// <summary>The quantiles of the latency that are followed.</summary>
    internal static IReadOnlyList<(string Metric, double Probability, string Title)> Quantiles { get; } =
    [(LatencyP50, 0.5, "Median latency"), (LatencyP95, 0.95, "p95 latency"), (LatencyP99, 0.99, "p99 latency")];

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            Requests,
            MetricLayer.System,
            "requests",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Predictions in the window, whatever their status."
        )
        {
            Title = "Requests",
            FollowsCalendar = true,
        },
        new(
            Throughput,
            MetricLayer.System,
            "requests/s",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Requests divided by the length of the window."
        )
        {
            Title = "Throughput",
            FollowsCalendar = true,
        },
        new(
            ErrorRate,
            MetricLayer.System,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Predictions with status error, divided by all.",
            "Wilson"
        )
        {
            Title = "Errors",
            Heading = "error rate",
            // One error among two hundred rows is chance.
            Floor = new(0.01),
            SegmentColumn = 60,
        },
        new(
            TimeoutRate,
            MetricLayer.System,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Predictions with status timeout, divided by all.",
            "Wilson"
        )
        {
            Title = "Timeouts",
            Floor = new(0.01),
        },
        .. Quantiles.Select(quantile => new MetricDefinition(
            quantile.Metric,
            MetricLayer.System,
            "ms",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            $"The {quantile.Probability * 100:0} % quantile of the latency that clients reported, "
                + "read from a histogram of 400 bins that grow by 4 %: within 4 % of the exact value."
        )
        {
            Title = quantile.Title,
            FollowsCalendar = true,
            Floor = new(0.25, IsRelative: true),
        }),
    ];
}

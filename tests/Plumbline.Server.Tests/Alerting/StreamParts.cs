using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What tests of single streams are made of.</summary>
internal static class StreamParts
{
    internal static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A Monday.</summary>
    internal static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    internal static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    internal static Rule Anomaly(string metric) =>
        new()
        {
            Name = metric,
            Kind = AnomalyRule.Kind,
            Metric = metric,
        };

    internal static AlarmDetector Detector { get; } = new(FalseAlarmBudget.Default.Threshold(Hour, 100));

    internal static StreamKey Key(Rule rule) => new(rule.Name, rule.Metric, "", "", "", "");

    internal static MetricPoint Point(string metric, DateTimeOffset start, double value, long n, double interval) =>
        new()
        {
            Metric = metric,
            WindowStart = start,
            WindowEnd = start + Hour,
            Value = value,
            N = n,
            Status = MetricStatus.Ok,
            Lower = interval > 0 ? value - interval : null,
            Upper = interval > 0 ? value + interval : null,
        };
}

using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Evaluation;

/// <summary>One series of metric points that a rule watches.</summary>
public readonly record struct StreamKey(string Rule, string Metric, string Feature, string Class, string Segment, string Version)
{
    public static StreamKey Of(string rule, MetricPoint point) =>
        new(rule, point.Metric, point.Feature, point.Class, point.Segment, point.Version);
}

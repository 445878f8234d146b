using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Health;

/// <summary>
/// How the four layers of a model stand, as its rules say: there is no second opinion. Bad: a stream of the layer fires and belongs to an
/// open incident that people are told of at once. Watch: one fires that is small, goes to the digest, or whose incident somebody closed.
/// Ok: none fires, and at least one could be judged. Else it cannot be judged. Pure: the same facts give the same words.
/// </summary>
public static class LayerStates
{
    /// <summary>Streams that a reason names.</summary>
    private const int MostNamed = 3;

    /// <summary>System, inputs, outputs, outcomes, in this order.</summary>
    /// <param name="facts">The main numbers; null before any window is computed.</param>
    /// <param name="findings">What the rules say; null before they have looked.</param>
    public static IReadOnlyList<LayerHealth> Of(HealthFacts? facts, RuleFindings? findings) =>
        [.. Enum.GetValues<MetricLayer>().Select(layer => Of(layer, facts, findings ?? RuleFindings.Nothing))];

    private static LayerHealth Of(MetricLayer layer, HealthFacts? facts, RuleFindings findings)
    {
        var firing = findings.Firing.Where(alert => alert.Layer == layer).ToList();
        if (firing.Count > 0)
            return Firing(layer, firing);
        var streams = findings.Streams.Where(streams => streams.Layer == layer).ToList();
        var judged = streams.Where(group => group.Status != StreamStatus.CannotJudge).Sum(group => group.Count);
        return judged > 0
            ? Quiet(layer, facts, streams, judged)
            : new LayerHealth(layer, HealthState.Unknown, WhyUnknown(layer, facts, streams));
    }

    // All that is as bad as the worst is named, each feature once, the largest change first.
    private static LayerHealth Firing(MetricLayer layer, List<FiringAlert> firing)
    {
        var state = firing.Max(alert => alert.State);
        var worst = firing
            .Where(alert => alert.State == state)
            .OrderByDescending(alert => alert.Incident?.Severity ?? -1)
            .ThenBy(alert => alert.Alert.Segment.Length > 0)
            .ThenByDescending(alert => alert.Alert.EffectInFloors)
            .DistinctBy(alert => (alert.Feature, alert.Feature is null ? alert.Alert.Metric : ""))
            .ToList();
        var more = worst.Count > MostNamed ? $"; and {Figures.Count(worst.Count - MostNamed)} more" : "";
        var reason = string.Join("; ", worst.Take(MostNamed).Select(alert => AlertWords.Sentence(alert.Alert))) + more;
        return new LayerHealth(layer, state, reason, worst[0].Feature, worst.Find(alert => alert.Incident is not null)?.Incident?.Id);
    }

    private static LayerHealth Quiet(MetricLayer layer, HealthFacts? facts, List<LayerStreams> streams, int judged)
    {
        var reason =
            (
                layer switch
                {
                    MetricLayer.System => Errors(facts),
                    MetricLayer.Inputs => facts?.Drift is { } drift
                        ? $"largest PSI {Figures.Format(drift.Value)} ({drift.Feature}), n {Figures.Count(drift.N)}"
                        : null,
                    MetricLayer.Outputs => Answers(facts),
                    _ => Performance(facts),
                }
            ) ?? $"{Figures.Count(judged)} {(judged == 1 ? "stream" : "streams")} judged, none fires";
        var unjudged = streams.Where(group => group.Status == StreamStatus.CannotJudge).MaxBy(group => group.Count);
        if (unjudged is not null)
            reason += $"; {KnownMetrics.Of(unjudged.Metric).Title} not judged: {unjudged.Reason}";
        return new LayerHealth(layer, HealthState.Ok, reason, layer == MetricLayer.Inputs ? facts?.Drift?.Feature : null);
    }

    private static string? Errors(HealthFacts? facts) =>
        facts?.Newest(SystemMetrics.ErrorRate, HealthFacts.EnoughRows) is { } rate
            ? $"errors {Percent(rate.Value)} (95 % {Percent(rate.Lower)} .. {Percent(rate.Upper)}), n {Figures.Count(rate.N)}"
            : null;

    private static string? Answers(HealthFacts? facts) =>
        (
            facts?.Newest(PopulationStabilityIndex.Name, HealthFacts.EnoughRows, "@prediction")
            ?? facts?.Newest(PopulationStabilityIndex.Name, HealthFacts.EnoughRows, "@score")
        )
            is { } drift
            ? $"PSI of the answers {Figures.Format(drift.Value)}, n {Figures.Count(drift.N)}"
        : facts?.Newest(OutputMetrics.TopShare, HealthFacts.EnoughRows) is { } top
            ? $"one class gets {Percent(top.Value)} of the answers, n {Figures.Count(top.N)}"
        : null;

    private static string? Performance(HealthFacts? facts) =>
        facts?.Newest(PerformanceMetrics.Accuracy, 1) is { } accuracy
            ? $"accuracy {Figures.Format(accuracy.Value)}, n {Figures.Count(accuracy.N)}"
        : facts?.Newest(PerformanceMetrics.Mae, 1) is { } error
            ? $"mean absolute error {Figures.Format(error.Value)}, n {Figures.Count(error.N)}"
        : null;

    private static string WhyUnknown(MetricLayer layer, HealthFacts? facts, List<LayerStreams> streams)
    {
        if (facts is null)
            return "no complete window yet";
        if (streams.MaxBy(group => group.Count) is { Reason: { } reason })
        {
            var titles = streams.Select(group => KnownMetrics.Of(group.Metric).Title).Distinct(StringComparer.Ordinal);
            return $"{reason} ({string.Join(", ", titles.Take(MostNamed))})";
        }
        if (layer == MetricLayer.Outcomes)
            return WithoutLabels(facts);
        return facts.RequestsOfDay < HealthFacts.EnoughRows
            ? $"{Figures.Count(facts.RequestsOfDay)} of {Figures.Count(HealthFacts.EnoughRows)} rows in a day"
            : "the rules have not looked at a window yet";
    }

    private static string WithoutLabels(HealthFacts facts)
    {
        var coverage = facts.Days.LastOrDefault(point => point.Metric == PerformanceMetrics.LabelCoverage);
        var labelled = facts.Days.LastOrDefault(point =>
            point.Metric is PerformanceMetrics.Accuracy or PerformanceMetrics.Mae && point.N > 0
        );
        return coverage is null ? "no ground truth" : $"{Figures.Count(labelled?.N ?? 0)} of {Figures.Count(coverage.N)} labels";
    }

    private static string Percent(double? share) => Figures.Format(share, "ratio");
}

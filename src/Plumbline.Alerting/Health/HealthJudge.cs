using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Health;

/// <summary>How one layer of a model stands, with its one-line reason.</summary>
public sealed record LayerHealth(MetricLayer Layer, HealthState State, string Reason, string? Feature = null);

/// <summary>Judges the four layers by the limits of <see cref="HealthLimits"/>. Pure: the same facts give the same words.</summary>
public static class HealthJudge
{
    /// <summary>Features that a reason names.</summary>
    private const int MostNamed = 3;

    /// <summary>System, inputs, outputs, outcomes, in this order.</summary>
    public static IReadOnlyList<LayerHealth> Judge(HealthFacts? facts) => facts is null
        ? [.. Enum.GetValues<MetricLayer>().Select(layer => new LayerHealth(layer, HealthState.Unknown, "no complete window yet"))]
        : [System(facts), Inputs(facts), Outputs(facts), Outcomes(facts)];

    private static LayerHealth System(HealthFacts facts)
    {
        var found = new List<LayerHealth>();
        foreach (var (metric, words) in new[] { (SystemMetrics.ErrorRate, "errors"), (SystemMetrics.TimeoutRate, "timeouts") })
        {
            if (facts.Newest(metric, HealthLimits.EnoughRows) is not { } rate)
                continue;
            found.Add(new LayerHealth(MetricLayer.System, Beyond(rate.Lower ?? 0, HealthLimits.FailuresWatch, HealthLimits.FailuresBad), $"{words} {Percent(rate.Value)} (95 % {Percent(rate.Lower)} .. {Percent(rate.Upper)}), n {Count(rate.N)}"));
        }
        if (facts.Newest(SystemMetrics.LatencyP95, HealthLimits.EnoughRows) is { Value: > 0 } latency && Median(facts.Before(latency, HealthLimits.EnoughRows)) is > 0 and var usual)
            found.Add(new LayerHealth(MetricLayer.System, Beyond(latency.Value.Value / usual, HealthLimits.LatencyWatch, HealthLimits.LatencyBad), $"p95 latency {Short(latency.Value.Value)} ms, {Short(latency.Value.Value / usual)} times its usual {Short(usual)} ms"));
        return Worst(MetricLayer.System, found, TooFew(facts));
    }

    private static LayerHealth Inputs(HealthFacts facts)
    {
        var found = new List<LayerHealth>();
        foreach (var fact in facts.Features)
        {
            var (state, words) = fact.Metric switch
            {
                PopulationStabilityIndex.Name => (Beyond(fact.Value, HealthLimits.DriftWatch, HealthLimits.DriftBad), $"{fact.Feature} drifts: PSI {Short(fact.Value)}"),
                InputMetrics.MissingRate => (
                    Beyond((fact.Lower ?? fact.Value) - fact.Usual, HealthLimits.MissingRiseWatch, HealthLimits.MissingRiseBad),
                    $"{fact.Feature} is missing in {Percent(fact.Value)} of rows, " + (fact.IsAboveReference ? $"{Percent(fact.Usual)} in the reference" : $"up from {Percent(fact.Usual)}")),
                InputMetrics.OutOfRangeRate => (
                    Beyond(fact.Lower ?? fact.Value, HealthLimits.OutOfRangeWatch, HealthLimits.OutOfRangeBad),
                    $"{fact.Feature} is outside the reference's range in {Percent(fact.Value)} of rows"),
                InputMetrics.UnseenRate => (Beyond(fact.Lower ?? fact.Value, HealthLimits.UnseenWatch, HealthLimits.UnseenBad), $"{fact.Feature} has {Percent(fact.Value)} values that the reference never had"),
                _ => (Beyond(fact.Lower ?? fact.Value, HealthLimits.TypeErrorsWatch, HealthLimits.TypeErrorsBad), $"{fact.Feature} has {Percent(fact.Value)} values of the wrong type"),
            };
            found.Add(new LayerHealth(MetricLayer.Inputs, state, $"{words}, n {Count(fact.N)}", fact.Feature));
        }
        // What is missing or out of range explains a drift, not the other way round.
        found = [.. found.Where((_, i) => facts.Features[i].Metric != PopulationStabilityIndex.Name), .. found.Where((_, i) => facts.Features[i].Metric == PopulationStabilityIndex.Name)];
        var largest = facts.Features.Where(fact => fact.Metric == PopulationStabilityIndex.Name).MaxBy(fact => fact.Value);
        if (largest is not null && found.TrueForAll(health => health.State == HealthState.Ok))
            return new LayerHealth(MetricLayer.Inputs, HealthState.Ok, $"largest PSI {Short(largest.Value)} ({largest.Feature}), n {Count(largest.N)}", largest.Feature);
        return Together(Worst(MetricLayer.Inputs, found, facts.Days.Count > 0 && facts.RequestsOfDay >= HealthLimits.EnoughRows ? "no reference to compare with yet" : TooFew(facts)), found);
    }

    // A second feature that is as bad is named too, each once.
    private static LayerHealth Together(LayerHealth worst, List<LayerHealth> found)
    {
        if (worst.State != HealthState.Bad) return worst;
        var bad = found.Where(health => health.State == HealthState.Bad).DistinctBy(health => health.Feature).Take(MostNamed);
        return worst with { Reason = string.Join("; ", bad.Select(health => health.Reason)) };
    }

    private static LayerHealth Outputs(HealthFacts facts)
    {
        var found = new List<LayerHealth>();
        if (facts.Newest(OutputMetrics.TopShare, HealthLimits.EnoughRows) is { } top && Median(facts.Before(top, HealthLimits.EnoughRows)) is { } usual)
            found.Add(new LayerHealth(MetricLayer.Outputs, Beyond((top.Lower ?? top.Value!.Value) - usual, HealthLimits.ConcentrationWatch, HealthLimits.ConcentrationBad), $"one class gets {Percent(top.Value)} of the answers, usually {Percent(usual)}, n {Count(top.N)}"));
        foreach (var (feature, words) in new[] { ("@prediction", "answers"), ("@score", "scores") })
        {
            if (facts.Newest(PopulationStabilityIndex.Name, HealthLimits.EnoughRows, feature) is { Value: { } drift } point)
                found.Add(new LayerHealth(MetricLayer.Outputs, Beyond(drift, HealthLimits.DriftWatch, HealthLimits.DriftBad), $"{words} drift: PSI {Short(drift)}, n {Count(point.N)}"));
        }
        return found.Count > 0 && found.TrueForAll(health => health.State == HealthState.Ok)
            ? found[^1] with { Reason = found[^1].Reason.Replace(" drift: PSI", " as in the reference: PSI", StringComparison.Ordinal) }
            : Worst(MetricLayer.Outputs, found, facts.RequestsOfDay >= HealthLimits.EnoughRows ? "no reference and no earlier day to compare with" : TooFew(facts));
    }

    private static LayerHealth Outcomes(HealthFacts facts)
    {
        var found = new List<LayerHealth>();
        if (facts.Newest(PerformanceMetrics.Accuracy, HealthLimits.EnoughLabelled) is { Value: { } accuracy, Upper: { } upper } point && Mean(facts.Before(point, HealthLimits.EnoughLabelled)) is { } before)
        {
            var fall = upper < before ? before - accuracy : 0;
            found.Add(new LayerHealth(MetricLayer.Outcomes, Beyond(fall, HealthLimits.AccuracyFallWatch, HealthLimits.AccuracyFallBad),
                fall > 0 ? $"accuracy {Short(before)} \u2192 {Short(accuracy)} ({Points(accuracy - before)} points, 95 % up to {Points(upper - before)}), n {Count(point.N)}" : $"accuracy {Short(accuracy)}, n {Count(point.N)}"));
        }
        if (facts.Newest(PerformanceMetrics.Mae, HealthLimits.EnoughLabelled) is { Value: { } error, Lower: { } lower } size && Mean(facts.Before(size, HealthLimits.EnoughLabelled)) is > 0 and var former)
        {
            var growth = lower > former ? (error / former) - 1 : 0;
            found.Add(new LayerHealth(MetricLayer.Outcomes, Beyond(growth, HealthLimits.ErrorGrowthWatch, HealthLimits.ErrorGrowthBad), $"mean absolute error {Short(former)} \u2192 {Short(error)}, n {Count(size.N)}"));
        }
        if (facts.Segment is { } segment)
            found.Add(new LayerHealth(MetricLayer.Outcomes, Beyond(segment.Before - segment.Value, HealthLimits.SegmentFallWatch, HealthLimits.SegmentFallBad), $"accuracy of {segment.Segment} {Short(segment.Before)} \u2192 {Short(segment.Value)}, n {Count(segment.N)}"));
        return Worst(MetricLayer.Outcomes, found, WithoutLabels(facts));
    }

    private static string WithoutLabels(HealthFacts facts)
    {
        var coverage = facts.Days.LastOrDefault(point => point.Metric == PerformanceMetrics.LabelCoverage);
        var accuracy = facts.Days.LastOrDefault(point => point.Metric is PerformanceMetrics.Accuracy or PerformanceMetrics.Mae && point.N > 0);
        if (facts.Newest(PerformanceMetrics.Accuracy, HealthLimits.EnoughLabelled) is { Value: { } only } first)
            return $"accuracy {Short(only)} (n {Count(first.N)}), and no earlier day to compare with";
        return coverage is null ? "no ground truth" : $"{Count(accuracy?.N ?? 0)} of {Count(coverage.N)} labels";
    }

    private static string TooFew(HealthFacts facts) => $"{Count(facts.RequestsOfDay)} of {Count(HealthLimits.EnoughRows)} rows in a day";

    private static LayerHealth Worst(MetricLayer layer, List<LayerHealth> found, string otherwise) =>
        found.Count == 0 ? new LayerHealth(layer, HealthState.Unknown, otherwise) : found.MaxBy(health => health.State)!;

    private static HealthState Beyond(double value, double watch, double bad) => value >= bad ? HealthState.Bad : value >= watch ? HealthState.Watch : HealthState.Ok;

    private static double? Median(IReadOnlyList<double> values) => values.Count == 0 ? null : values.Order().ElementAt(values.Count / 2);

    private static double? Mean(IReadOnlyList<double> values) => values.Count == 0 ? null : values.Average();

    private static string Percent(double? share) => Figures.Format(share, "ratio");

    private static string Short(double value) => Figures.Format(value);

    private static string Count(double value) => Figures.Count(value);

    private static string Points(double difference) => Figures.Format(difference * 100);
}

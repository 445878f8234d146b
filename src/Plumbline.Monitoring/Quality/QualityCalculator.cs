using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Quality;

/// <summary>Whether the inputs are there and of the declared kind: counts and rates, each with Wilson's interval.</summary>
public sealed class QualityCalculator : IProfileCalculator
{
    private const string Wilson95 = "Wilson";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("input.rows", MetricLayer.Inputs, "rows", "[0, ∞)", MetricDirection.Neutral, "Predictions received in the window, whatever their status."),
        new("input.missing_rate", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Rows whose value is null, absent or NaN, divided by all rows. Values of a wrong type are not missing; they are type errors.", Wilson95),
        new("input.missing_over_reference", MetricLayer.Inputs, "share", "[-1, 1]", MetricDirection.LowerIsBetter, "input.missing_rate minus the share of missing values in the reference: what was broken from the first day has no better days of its own to be compared with. All rows and versions together.", "Wilson, of the rate"),
        new("input.unseen_rate", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Values that the reference never had, divided by the present values. Categorical and boolean features only.", Wilson95),
        new("input.out_of_range_rate", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Values outside the reference's minimum..maximum, divided by the present values. Numeric features only.", Wilson95),
        new("input.type_error_rate", MetricLayer.Inputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Values of another type than the feature's, divided by all rows. They are kept raw with their prediction.", Wilson95),
    ];

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is { } status) sink.AddCount("input.rows", status.Rows, status.Rows);
        foreach (var (feature, profile) in profiles.Features)
        {
            if (feature[0] == '@') continue;
            sink.Add("input.missing_rate", Wilson.Proportion(profile.Missing, profile.Rows), feature);
            sink.Add("input.type_error_rate", Wilson.Proportion(profile.TypeErrors, profile.Rows), feature);
            if (profiles.FindBaseline(feature) is not { } baseline || profile.Bins.Length == 0) continue;
            if (profiles.Scope == ProfileScope.All) sink.Add("input.missing_over_reference", OverReference(profile, baseline.Profile), feature);
            if (baseline.IsNearIdentifier)
                sink.Add(baseline.IsNumeric ? "input.out_of_range_rate" : "input.unseen_rate", Estimate.Undefined(profile.Present, null, FeatureBaseline.NearIdentifier), feature);
            else if (baseline.IsNumeric) sink.Add("input.out_of_range_rate", Wilson.Proportion(profile.OutOfRange, profile.Present), feature);
            else sink.Add("input.unseen_rate", Wilson.Proportion(profile.Bins[^1], profile.Present), feature);
        }
    }

    private static Estimate OverReference(FeatureProfile now, FeatureProfile reference)
    {
        var rate = Wilson.Proportion(now.Missing, now.Rows);
        if (!rate.IsOk || reference.Rows == 0) return rate;
        var usual = reference.Missing / (double)reference.Rows;
        return Estimate.Of(rate.Value!.Value - usual, reference.Rows, now.Rows).With(new Interval(rate.Lower!.Value - usual, rate.Upper!.Value - usual));
    }
}

using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Quality;

/// <summary>Whether the inputs are there and of the declared kind: counts and rates, each with Wilson's interval.</summary>
public sealed class QualityCalculator : IProfileCalculator
{
    public IReadOnlyList<MetricDefinition> Metrics => InputMetrics.All;

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is { } status)
            sink.AddCount(InputMetrics.Rows, status.Rows, status.Rows);
        foreach (var (feature, profile) in profiles.Features)
        {
            if (feature[0] == '@')
                continue;
            sink.Add(InputMetrics.MissingRate, Wilson.Proportion(profile.Missing, profile.Rows), feature);
            sink.Add(InputMetrics.TypeErrorRate, Wilson.Proportion(profile.TypeErrors, profile.Rows), feature);
            if (profiles.FindBaseline(feature) is not { } baseline || profile.Bins.Length == 0)
                continue;
            if (profiles.Scope == ProfileScope.All)
                sink.Add(InputMetrics.MissingOverReference, OverReference(profile, baseline.Profile), feature);
            if (baseline.IsNearIdentifier)
            {
                sink.Add(
                    baseline.IsNumeric ? InputMetrics.OutOfRangeRate : InputMetrics.UnseenRate,
                    Estimate.Undefined(profile.Present, null, FeatureBaseline.NearIdentifier),
                    feature
                );
            }
            else if (baseline.IsNumeric)
            {
                sink.Add(InputMetrics.OutOfRangeRate, Wilson.Proportion(profile.OutOfRange, profile.Present), feature);
            }
            else
            {
                sink.Add(InputMetrics.UnseenRate, Wilson.Proportion(profile.Bins[^1], profile.Present), feature);
            }
        }
    }

    private static Estimate OverReference(FeatureProfile now, FeatureProfile reference)
    {
        var rate = Wilson.Proportion(now.Missing, now.Rows);
        if (!rate.IsOk || reference.Rows == 0)
            return rate;
        var usual = reference.Missing / (double)reference.Rows;
        return Estimate
            .Of(rate.Value!.Value - usual, reference.Rows, now.Rows)
            .With(new Interval(rate.Lower!.Value - usual, rate.Upper!.Value - usual));
    }
}

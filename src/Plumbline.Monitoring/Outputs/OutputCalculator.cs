using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Outputs;

/// <summary>
/// What the model answers: share of each class, concentration, confidence and entropy; for regression the mean and spread.
/// </summary>
public sealed class OutputCalculator : IProfileCalculator
{
    public IReadOnlyList<MetricDefinition> Metrics => OutputMetrics.All;

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Prediction) is { } prediction)
        {
            AddMissing(prediction, profiles, sink);
            if (profiles.Model.Task == ModelTask.Regression)
                AddNumbers(prediction, sink);
            else
                AddClasses(prediction, profiles, sink);
        }

        AddMean(OutputMetrics.Confidence, profiles.Find(PseudoFeatures.Confidence), sink);
        AddMean(OutputMetrics.Entropy, profiles.Find(PseudoFeatures.Entropy), sink);
    }

    // Failed requests have no answer either; they are the error rate's. "ok" is the first of the statuses.
    private static void AddMissing(FeatureProfile prediction, ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is not { } status || status.Bins.Length == 0)
            return;
        var ok = (long)status.Bins[0];
        sink.Add(OutputMetrics.MissingRate, Wilson.Proportion(Math.Clamp(ok - prediction.Present, 0, ok), ok));
    }

    private static void AddClasses(FeatureProfile prediction, ScopeProfiles profiles, MetricSink sink)
    {
        if (prediction.Present == 0 || prediction.Bins.Length == 0)
            return;
        var names = profiles.BinNames(prediction);
        var declared = profiles.FindBaseline(prediction.Feature) is null ? profiles.Model.Classes : [.. names];
        ulong top = 0;
        double entropy = 0;
        for (var i = 0; i < prediction.Bins.Length; i++)
        {
            var count = prediction.Bins[i];
            // The collective bins and those of former classes exist for bookkeeping; without rows they are not classes.
            if (count == 0 && (names[i][0] == '@' || !declared.Contains(names[i])))
                continue;
            sink.Add(OutputMetrics.Share, Wilson.Proportion(count, prediction.Present), @class: names[i]);
            top = Math.Max(top, count);
            var share = count / (double)prediction.Present;
            if (share > 0)
                entropy -= share * Math.Log(share);
        }

        sink.Add(OutputMetrics.TopShare, Wilson.Proportion(top, prediction.Present));
        sink.Add(OutputMetrics.EffectiveClasses, Estimate.Of(Math.Exp(entropy), prediction.Present));
    }

    private static void AddNumbers(FeatureProfile prediction, MetricSink sink)
    {
        AddMean(OutputMetrics.Mean, prediction, sink);
        if (prediction.Present == 0)
            return;
        var mean = prediction.Sum / prediction.Present;
        sink.Add(
            OutputMetrics.StandardDeviation,
            Estimate.Of(Math.Sqrt(SquaredDeviations(prediction, mean) / prediction.Present), prediction.Present)
        );
    }

    private static Interval? Spread(FeatureProfile profile, double mean) =>
        SquaredDeviations(profile, mean) is var squares && double.IsFinite(squares)
            ? Confidence.Mean(profile.Present, mean, squares)
            : null;

    // A difference of two large equal numbers is rounding, not spread: a constant has none.
    private static double SquaredDeviations(FeatureProfile profile, double mean)
    {
        var squares = profile.SumOfSquares - (profile.Sum * mean);
        return Math.Abs(squares) <= 1e-12 * Math.Abs(profile.SumOfSquares) ? 0
            : squares > 0 || double.IsNaN(squares) ? squares
            : 0;
    }

    private static void AddMean(string metric, FeatureProfile? profile, MetricSink sink)
    {
        if (profile is null || profile.Present == 0)
            return;
        sink.AddGuarded(
            metric,
            "",
            () =>
            {
                var mean = profile.Sum / profile.Present;
                return (Estimate.Of(mean, profile.Present).With(Spread(profile, mean)), null);
            }
        );
    }
}

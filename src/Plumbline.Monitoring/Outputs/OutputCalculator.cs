using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Outputs;

/// <summary>What the model answers: share of each class, concentration, confidence and entropy; for regression the mean and spread.</summary>
public sealed class OutputCalculator : IProfileCalculator
{
    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("output.missing_rate", MetricLayer.Outputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Requests with status ok and no answer (null, absent, NaN, None), divided by requests with status ok: a model that answers NaN is running and of no use.", "Wilson"),
        new("output.share", MetricLayer.Outputs, "share", "[0, 1]", MetricDirection.Neutral, "Predictions of the class, divided by all predictions that have one. One point per class.", "Wilson"),
        new("output.top_share", MetricLayer.Outputs, "share", "[0, 1]", MetricDirection.LowerIsBetter, "The largest share of a predicted class: 0.4 says that 40 % of the requests fall into one class.", "Wilson"),
        new("output.effective_classes", MetricLayer.Outputs, "classes", "[1, K]", MetricDirection.HigherIsBetter, "exp of the entropy (nats) of the predicted class shares: how many equally frequent classes would be as diverse."),
        new("output.confidence", MetricLayer.Outputs, "probability", "[0, 1]", MetricDirection.HigherIsBetter, "Mean of the highest class probability.", "normal"),
        new("output.entropy", MetricLayer.Outputs, "", "[0, 1]", MetricDirection.LowerIsBetter, "Mean entropy of the class probabilities of a prediction, divided by ln K.", "normal"),
        new("output.mean", MetricLayer.Outputs, "", "(-∞, ∞)", MetricDirection.Neutral, "Mean of the predicted number; regression only.", "normal"),
        new("output.standard_deviation", MetricLayer.Outputs, "", "[0, ∞)", MetricDirection.Neutral, "Standard deviation (divisor n) of the predicted number; regression only. Near zero, the model is stuck."),
    ];

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Prediction) is { } prediction)
        {
            AddMissing(prediction, profiles, sink);
            if (profiles.Model.Task == ModelTask.Regression) AddNumbers(prediction, sink);
            else AddClasses(prediction, profiles, sink);
        }

        AddMean("output.confidence", profiles.Find(PseudoFeatures.Confidence), sink);
        AddMean("output.entropy", profiles.Find(PseudoFeatures.Entropy), sink);
    }

    // Failed requests have no answer either; they are the error rate's. "ok" is the first of the statuses.
    private static void AddMissing(FeatureProfile prediction, ScopeProfiles profiles, MetricSink sink)
    {
        if (profiles.Find(PseudoFeatures.Status) is not { } status || status.Bins.Length == 0) return;
        var ok = (long)status.Bins[0];
        sink.Add("output.missing_rate", Wilson.Proportion(Math.Clamp(ok - prediction.Present, 0, ok), ok));
    }

    private static void AddClasses(FeatureProfile prediction, ScopeProfiles profiles, MetricSink sink)
    {
        if (prediction.Present == 0 || prediction.Bins.Length == 0) return;
        var names = profiles.BinNames(prediction);
        var declared = profiles.FindBaseline(prediction.Feature) is null ? profiles.Model.Classes : [.. names];
        ulong top = 0;
        double entropy = 0;
        for (var i = 0; i < prediction.Bins.Length; i++)
        {
            var count = prediction.Bins[i];
            // The collective bins and those of former classes exist for bookkeeping; without rows they are not classes.
            if (count == 0 && (names[i][0] == '@' || !declared.Contains(names[i]))) continue;
            sink.Add("output.share", Wilson.Proportion(count, prediction.Present), @class: names[i]);
            top = Math.Max(top, count);
            var share = count / (double)prediction.Present;
            if (share > 0) entropy -= share * Math.Log(share);
        }

        sink.Add("output.top_share", Wilson.Proportion(top, prediction.Present));
        sink.Add("output.effective_classes", Estimate.Of(Math.Exp(entropy), prediction.Present));
    }

    private static void AddNumbers(FeatureProfile prediction, MetricSink sink)
    {
        AddMean("output.mean", prediction, sink);
        if (prediction.Present == 0) return;
        var mean = prediction.Sum / prediction.Present;
        sink.Add("output.standard_deviation", Estimate.Of(Math.Sqrt(SquaredDeviations(prediction, mean) / prediction.Present), prediction.Present));
    }

    private static Interval? Spread(FeatureProfile profile, double mean) =>
        SquaredDeviations(profile, mean) is var squares && double.IsFinite(squares) ? Confidence.Mean(profile.Present, mean, squares) : null;

    // A difference of two large equal numbers is rounding, not spread: a constant has none.
    private static double SquaredDeviations(FeatureProfile profile, double mean)
    {
        var squares = profile.SumOfSquares - (profile.Sum * mean);
        return Math.Abs(squares) <= 1e-12 * Math.Abs(profile.SumOfSquares) ? 0 : squares > 0 || double.IsNaN(squares) ? squares : 0;
    }

    private static void AddMean(string metric, FeatureProfile? profile, MetricSink sink)
    {
        if (profile is null || profile.Present == 0) return;
        sink.AddGuarded(metric, "", () =>
        {
            var mean = profile.Sum / profile.Present;
            return (Estimate.Of(mean, profile.Present).With(Spread(profile, mean)), null);
        });
    }
}

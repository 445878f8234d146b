using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Performance;

/// <summary>Realised performance: the model's answers against ground truth, per window and scope.</summary>
public sealed class PerformanceCalculator(LabelledGroups labelled) : IEventCalculator
{
    /// <summary>Classes whose share of the ground truth is followed.</summary>
    private const int MostTruths = 20;

    private const string Occurring = " that occur or are predicted in the window (scikit-learn's default)";

    private const string Known = "all classes of the model, where one that neither occurs nor is predicted in the window counts as 0 (scikit-learn's labels = all classes). Comparable from window to window, and low where classes are rare.";

    private const string ModelsOwn = "The model's own decisions count, not a threshold on its score.";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("performance.label_coverage", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, "Predictions with ground truth, divided by predictions. Compare windows of equal maturity.", "Wilson"),
        new("performance.labels_outside", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Rows whose label is no class of the model (the declared classes, or the two of a binary model), divided by rows with ground truth. They are kept and counted here, and left out of every comparison of answers with ground truth.", "Wilson"),
        new("performance.truth_share", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.Neutral, $"Rows whose ground truth is the class, divided by rows with ground truth: what the world answers, whatever the model does. The first {MostTruths} classes of the model.", "Wilson"),
        new("performance.truth_mean", MetricLayer.Outcomes, "as the ground truth", "(-∞, ∞)", MetricDirection.Neutral, "Mean ground truth of a regression model's rows.", "normal"),
        new("performance.accuracy", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Right answers divided by all with ground truth. {ModelsOwn}", "Wilson"),
        new("performance.precision", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"True positives divided by predicted positives; macro average for several classes{Occurring}; 0 without predicted positives. {ModelsOwn}", "Wilson; delta method for macro averages"),
        new("performance.recall", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"True positives divided by positives; macro average for several classes{Occurring}; 0 without positives. {ModelsOwn}", "Wilson; delta method for macro averages"),
        new("performance.f1", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Harmonic mean of precision and recall; macro average for several classes{Occurring}. {ModelsOwn}", "Wilson of TP/(TP+FP+FN), transformed; delta method for macro averages"),
        new("performance.precision_all_classes", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Several classes only: macro average of precision over {Known}", "delta method"),
        new("performance.recall_all_classes", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Several classes only: macro average of recall over {Known}", "delta method"),
        new("performance.f1_all_classes", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.HigherIsBetter, $"Several classes only: macro average of F1 over {Known}", "delta method"),
        new("performance.roc_auc", MetricLayer.Outcomes, "", "[0, 1]", MetricDirection.HigherIsBetter, "Probability that a positive scores above a negative, ties one half (Mann-Whitney); one-versus-rest macro average for several classes.", "DeLong"),
        new("performance.log_loss", MetricLayer.Outcomes, "nats", "[0, 34.6]", MetricDirection.LowerIsBetter, "Mean of −ln of the probability given to the ground truth, clipped at 1e-15.", "normal"),
        new("performance.brier", MetricLayer.Outcomes, "", "[0, 1], several classes [0, 2]", MetricDirection.LowerIsBetter, "Mean squared difference of probability and outcome; for several classes summed over them.", "normal"),
        new("performance.ece", MetricLayer.Outcomes, "share", "[0, 1]", MetricDirection.LowerIsBetter, "Expected calibration error over 10 equal bins. Two classes: of P(positive), bins [lower, upper). Several classes: of the top class's probability, bins (lower, upper] as in Guo et al. 2017. Biased upwards for few rows.", "bootstrap"),
        new("performance.mae", MetricLayer.Outcomes, "as the ground truth", "[0, ∞)", MetricDirection.LowerIsBetter, "Mean absolute error: the mean of |prediction − ground truth|.", "normal"),
        new("performance.rmse", MetricLayer.Outcomes, "as the ground truth", "[0, ∞)", MetricDirection.LowerIsBetter, "Root of the mean squared error.", "normal, of the mean square"),
        new("performance.mape", MetricLayer.Outcomes, "share", "[0, ∞)", MetricDirection.LowerIsBetter, "Mean of |error / ground truth| over rows whose ground truth is not 0; n counts those, reason says how many rows are left out. Rows near 0 rule it: see wmape and smape.", "normal"),
        new("performance.wmape", MetricLayer.Outcomes, "share", "[0, ∞)", MetricDirection.LowerIsBetter, "Σ|error| / Σ|ground truth|: the mean absolute percentage error weighted by the ground truth's size. No row is left out.", "delta method"),
        new("performance.smape", MetricLayer.Outcomes, "share", "[0, 2]", MetricDirection.LowerIsBetter, "Mean of 2|error| / (|prediction| + |ground truth|); a row where both are 0 counts as 0. No row is left out.", "normal"),
        new("performance.r2", MetricLayer.Outcomes, "", "(-∞, 1]", MetricDirection.HigherIsBetter, "1 − Σerror² / Σ(ground truth − mean)²."),
    ];

    public async Task CalculateAsync(ModelDefinition model, IReadOnlyList<MetricWindow> windows, List<MetricPoint> points, CancellationToken cancellation)
    {
        foreach (var run in ConsecutiveWindows.Split(windows, maximum: 64))
        {
            var groups = await labelled.ReadAsync(model, run[0].Start, run[^1].End, run[0].Length, cancellation);
            var classes = ScopeOutcomes.ClassesOf(model, groups);
            foreach (var window in groups.GroupBy(group => group.Window))
            {
                if (window.Key < 0 || window.Key >= run.Count) continue;
                foreach (var (scope, outcomes) in ByScope(model, classes, window)) AddPoints(outcomes, new MetricSink(points, run[window.Key], scope));
            }
        }
    }

    /// <summary>Distributes groups of rows to their scopes.</summary>
    internal static Dictionary<ProfileScope, ScopeOutcomes> ByScope(ModelDefinition model, IReadOnlyList<string> classes, IEnumerable<LabelledGroup> groups)
    {
        var scopes = new Dictionary<ProfileScope, ScopeOutcomes>();
        foreach (var group in groups)
        {
            foreach (var scope in ScopeOutcomes.ScopesOf(model, group))
            {
                if (!scopes.TryGetValue(scope, out var outcomes)) scopes[scope] = outcomes = new ScopeOutcomes(model, classes);
                outcomes.Add(group);
            }
        }

        return scopes;
    }

    private static void AddPoints(ScopeOutcomes outcomes, MetricSink sink)
    {
        sink.Add("performance.label_coverage", Wilson.Proportion(outcomes.Labelled, outcomes.Predictions));
        if (outcomes.Labelled == 0) return;
        if (outcomes.Classes.Count > 0) sink.Add("performance.labels_outside", Wilson.Proportion(outcomes.Outside, outcomes.Labelled));
        foreach (var truth in outcomes.Classes.Take(MostTruths)) sink.Add("performance.truth_share", Wilson.Proportion(outcomes.GroundTruths.GetValueOrDefault(truth), outcomes.Labelled), @class: truth);
        if (outcomes.GroundTruthMean() is { } mean) sink.Add("performance.truth_mean", mean);
        if (outcomes.Binary() is { } binary)
            AddClassification(sink, binary.Accuracy, binary.Precision, binary.Recall, binary.F1, binary.RocAuc, binary.LogLoss, binary.Brier, binary.ExpectedCalibrationError);
        if (outcomes.Multiclass() is { } multiclass)
        {
            AddClassification(sink, multiclass.Accuracy, multiclass.Precision, multiclass.Recall, multiclass.F1, multiclass.RocAuc, multiclass.LogLoss, multiclass.Brier, multiclass.ExpectedCalibrationError);
            sink.Add("performance.precision_all_classes", multiclass.PrecisionOfKnown);
            sink.Add("performance.recall_all_classes", multiclass.RecallOfKnown);
            sink.Add("performance.f1_all_classes", multiclass.F1OfKnown);
        }

        if (outcomes.Regression() is not { } regression) return;
        sink.Add("performance.mae", regression.MeanAbsoluteError);
        sink.Add("performance.rmse", regression.RootMeanSquaredError);
        sink.Add("performance.mape", regression.MeanAbsolutePercentageError);
        sink.Add("performance.wmape", regression.WeightedAbsolutePercentageError);
        sink.Add("performance.smape", regression.SymmetricAbsolutePercentageError);
        sink.Add("performance.r2", regression.R2);
    }

    private static void AddClassification(MetricSink sink, Estimate accuracy, Estimate precision, Estimate recall, Estimate f1, Estimate rocAuc, Estimate logLoss, Estimate brier, Estimate ece)
    {
        sink.Add("performance.accuracy", accuracy);
        sink.Add("performance.precision", precision);
        sink.Add("performance.recall", recall);
        sink.Add("performance.f1", f1);
        sink.Add("performance.roc_auc", rocAuc);
        sink.Add("performance.log_loss", logLoss);
        sink.Add("performance.brier", brier);
        sink.Add("performance.ece", ece);
    }
}

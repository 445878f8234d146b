using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Performance;

/// <summary>Metrics of answers against ground truth.</summary>
public static class PerformanceMetrics
{
    /// <summary>How the names of all of them begin.</summary>
    public const string Prefix = "performance.";

    public const string LabelCoverage = "performance.label_coverage";
    public const string LabelledInTime = "performance.labelled_in_time";
    public const string LabelsOutside = "performance.labels_outside";
    public const string TruthShare = "performance.truth_share";
    public const string TruthMean = "performance.truth_mean";
    public const string Accuracy = "performance.accuracy";
    public const string Precision = "performance.precision";
    public const string Recall = "performance.recall";
    public const string F1 = "performance.f1";
    public const string PrecisionAllClasses = "performance.precision_all_classes";
    public const string RecallAllClasses = "performance.recall_all_classes";
    public const string F1AllClasses = "performance.f1_all_classes";
    public const string RocAuc = "performance.roc_auc";
    public const string LogLoss = "performance.log_loss";
    public const string Brier = "performance.brier";
    public const string Ece = "performance.ece";
    public const string Mae = "performance.mae";
    public const string Rmse = "performance.rmse";
    public const string Mape = "performance.mape";
    public const string Wmape = "performance.wmape";
    public const string Smape = "performance.smape";
    public const string R2 = "performance.r2";

    /// <summary>Classes whose share of the ground truth is followed.</summary>
    internal const int MostTruths = 20;

    private const string Occurring = " that occur or are predicted in the window (scikit-learn's default)";
    private const string Known =
        "all classes of the model, where one that neither occurs nor is predicted in the window counts as 0 (scikit-learn's labels "
        + "= all classes). Comparable from window to window, and low where classes are rare.";
    private const string ModelsOwn = "The model's own decisions count, not a threshold on its score.";

    private static readonly MetricDefinition[] Definitions =
    [
        new(
            LabelCoverage,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            "Predictions with ground truth, divided by predictions. Compare windows of equal maturity.",
            "Wilson"
        )
        {
            Title = "Ground-truth coverage",
            Aspect = MetricAspect.Labels,
        },
        new(
            LabelledInTime,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            "Predictions whose ground truth came within the declared label_delay, divided by predictions; by the ground truth's own "
                + "timestamp, so that what comes later changes nothing. Only of models that declare one. Younger windows still wait.",
            "Wilson"
        )
        {
            Title = "Ground truth in time",
            Aspect = MetricAspect.Labels,
        },
        new(
            LabelsOutside,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Rows whose label is no class of the model (the declared classes, or the two of a binary model), "
                + "divided by rows with ground truth. They are kept and counted here, and left out of every comparison of answers "
                + "with ground truth.",
            "Wilson"
        )
        {
            Title = "Labels outside the classes",
            Aspect = MetricAspect.Labels,
        },
        new(
            TruthShare,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.Neutral,
            "Rows whose ground truth is the class, divided by rows with ground truth: what the world answers, "
                + $"whatever the model does. The first {MostTruths} classes of the model.",
            "Wilson"
        )
        {
            Title = "Share of the ground truth",
        },
        new(
            TruthMean,
            MetricLayer.Outcomes,
            "as the ground truth",
            "(-∞, ∞)",
            MetricDirection.Neutral,
            "Mean ground truth of a regression model's rows.",
            "normal"
        )
        {
            Title = "Mean ground truth",
        },
        new(
            Accuracy,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Right answers divided by all with ground truth. {ModelsOwn}",
            "Wilson"
        )
        {
            Title = "Accuracy",
            Floor = new(0.03),
            AppliesTo = IsClassifier,
            SegmentColumn = 0,
        },
        new(
            Precision,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"True positives divided by predicted positives; macro average for several classes{Occurring}; "
                + $"0 without predicted positives. {ModelsOwn}",
            "Wilson; delta method for macro averages"
        )
        {
            Title = "Precision",
            Floor = new(0.03),
        },
        new(
            Recall,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"True positives divided by positives; macro average for several classes{Occurring}; 0 without positives. {ModelsOwn}",
            "Wilson; delta method for macro averages"
        )
        {
            Title = "Recall",
            Floor = new(0.03),
        },
        new(
            F1,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Harmonic mean of precision and recall; macro average for several classes{Occurring}. {ModelsOwn}",
            "Wilson of TP/(TP+FP+FN), transformed; delta method for macro averages"
        )
        {
            Title = "F1",
            Floor = new(0.03),
        },
        new(
            PrecisionAllClasses,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Several classes only: macro average of precision over {Known}",
            "delta method"
        )
        {
            Title = "Precision over all classes",
            Floor = new(0.03),
        },
        new(
            RecallAllClasses,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Several classes only: macro average of recall over {Known}",
            "delta method"
        )
        {
            Title = "Recall over all classes",
            Floor = new(0.03),
        },
        new(
            F1AllClasses,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Several classes only: macro average of F1 over {Known}",
            "delta method"
        )
        {
            Title = "F1 over all classes",
            Floor = new(0.03),
        },
        new(
            RocAuc,
            MetricLayer.Outcomes,
            "",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            "Probability that a positive scores above a negative, ties one half (Mann-Whitney); "
                + "one-versus-rest macro average for several classes.",
            "DeLong"
        )
        {
            Title = "ROC AUC",
            Floor = new(0.03),
            AppliesTo = IsBinary,
            SegmentColumn = 20,
        },
        new(
            LogLoss,
            MetricLayer.Outcomes,
            "nats",
            "[0, 34.6]",
            MetricDirection.LowerIsBetter,
            "Mean of −ln of the probability given to the ground truth, clipped at 1e-15.",
            "normal"
        )
        {
            Title = "Log loss",
        },
        new(
            Brier,
            MetricLayer.Outcomes,
            "",
            "[0, 1], several classes [0, 2]",
            MetricDirection.LowerIsBetter,
            "Mean squared difference of probability and outcome; for several classes summed over them.",
            "normal"
        )
        {
            Title = "Brier score",
        },
        new(
            Ece,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Expected calibration error over 10 equal bins. Two classes: of P(positive), bins [lower, upper). Several classes: "
                + "of the top class's probability, bins (lower, upper] as in Guo et al. 2017. Biased upwards for few rows.",
            "bootstrap"
        )
        {
            Title = "Calibration error",
            Floor = new(0.03),
        },
        new(
            Mae,
            MetricLayer.Outcomes,
            "as the ground truth",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Mean absolute error: the mean of |prediction − ground truth|.",
            "normal"
        )
        {
            Title = "Mean absolute error",
            AppliesTo = IsRegression,
            SegmentColumn = 0,
        },
        new(
            Rmse,
            MetricLayer.Outcomes,
            "as the ground truth",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Root of the mean squared error.",
            "normal, of the mean square"
        )
        {
            Title = "Root mean squared error",
        },
        new(
            Mape,
            MetricLayer.Outcomes,
            "share",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Mean of |error / ground truth| over rows whose ground truth is not 0; n counts those, "
                + "reason says how many rows are left out. Rows near 0 rule it: see wmape and smape.",
            "normal"
        )
        {
            Title = "Mean absolute percentage error",
        },
        new(
            Wmape,
            MetricLayer.Outcomes,
            "share",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Σ|error| / Σ|ground truth|: the mean absolute percentage error weighted by the ground truth's size. No row is left out.",
            "delta method"
        )
        {
            Title = "Weighted absolute percentage error",
        },
        new(
            Smape,
            MetricLayer.Outcomes,
            "share",
            "[0, 2]",
            MetricDirection.LowerIsBetter,
            "Mean of 2|error| / (|prediction| + |ground truth|); a row where both are 0 counts as 0. No row is left out.",
            "normal"
        )
        {
            Title = "Symmetric absolute percentage error",
        },
        new(R2, MetricLayer.Outcomes, "", "(-∞, 1]", MetricDirection.HigherIsBetter, "1 − Σerror² / Σ(ground truth − mean)².")
        {
            Title = "R\u00b2",
        },
    ];

    /// <summary>All of them, with what they have in common.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        .. Definitions.Select(metric =>
            metric with
            {
                Aspect = metric.Aspect == MetricAspect.Labels ? MetricAspect.Labels : MetricAspect.Performance,
                NeedsGroundTruth = true,
                ChartUnit = metric.Name is LabelCoverage or LabelledInTime ? metric.Unit : "",
            }
        ),
    ];

    /// <summary>The metric of a measure, such as <c>accuracy</c>.</summary>
    public static string Of(string measure) => Prefix + measure;

    /// <summary>Whether a metric is realised performance.</summary>
    public static bool Contains(string metric) => metric.StartsWith(Prefix, StringComparison.Ordinal);

    internal static bool IsClassifier(ModelDefinition model) => model.Task != ModelTask.Regression;

    internal static bool IsRegression(ModelDefinition model) => model.Task == ModelTask.Regression;

    private static bool IsBinary(ModelDefinition model) => model.Task == ModelTask.Binary;
}

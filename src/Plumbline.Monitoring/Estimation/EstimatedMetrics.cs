using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Metrics of performance before ground truth comes.</summary>
public static class EstimatedMetrics
{
    /// <summary>How the names of all of them begin.</summary>
    public const string Prefix = "estimated.";

    public const string Accuracy = "estimated.accuracy";
    public const string Precision = "estimated.precision";
    public const string Recall = "estimated.recall";
    public const string F1 = "estimated.f1";
    public const string RocAuc = "estimated.roc_auc";
    public const string Mae = "estimated.mae";
    public const string Rmse = "estimated.rmse";
    public const string Error = "estimated.error";
    public const string OutsideSupport = "estimated.outside_support";

    private const string Assumes =
        "Assumes that inputs mean what they meant in the reference; "
        + "concept drift does not show in it. Needs ground truth in the reference.";
    private const string HowSure =
        "normal: sampling of the outcomes and refits of the calibration together; where the realised value of these rows is expected";
    private const string HowSureMacro = $"{HowSure}; macro averages: percentiles of simulated labels, since a rare class is there or not";
    private const string HowSureLoss =
        "percentiles of simulated losses: those of reference rows that the trees had not seen, and how far the level may be off; "
        + "where the realised value of these rows is expected";
    private const string Macro = "macro average for several classes, over those that are likely to occur or are predicted";

    private static readonly MetricDefinition[] Definitions =
    [
        new(
            Accuracy,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Mean calibrated probability that the model's own decision is right (CBPE). {Assumes}",
            HowSure
        )
        {
            Title = "Estimated accuracy",
            Floor = new(0.03),
            Heading = "estimated accuracy",
            AppliesTo = PerformanceMetrics.IsClassifier,
            SegmentColumn = 10,
        },
        new(
            Precision,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Expected true positives divided by predicted positives; {Macro}. {Assumes}",
            HowSureMacro
        )
        {
            Title = "Estimated precision",
            Floor = new(0.03),
        },
        new(
            Recall,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"Expected true positives divided by expected positives; {Macro}. {Assumes}",
            HowSureMacro
        )
        {
            Title = "Estimated recall",
            Floor = new(0.03),
        },
        new(
            F1,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            $"2 TP / (2 TP + FP + FN) of the expected counts; {Macro}. {Assumes}",
            HowSureMacro
        )
        {
            Title = "Estimated F1",
            Floor = new(0.03),
        },
        new(
            RocAuc,
            MetricLayer.Outcomes,
            "",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            "Expected ROC AUC: ordered by the raw score, weighted by the calibrated probability; "
                + $"one-versus-rest average for several classes. {Assumes}",
            HowSure
        )
        {
            Title = "Estimated ROC AUC",
            Floor = new(0.03),
        },
        new(
            Mae,
            MetricLayer.Outcomes,
            "as the ground truth",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Mean of the absolute error that boosted trees, fitted on the reference, predict for each row from its features and "
                + $"prediction (DLE). {Assumes}",
            HowSureLoss
        )
        {
            Title = "Estimated mean absolute error",
            Heading = "estimated MAE",
            AppliesTo = PerformanceMetrics.IsRegression,
            SegmentColumn = 10,
        },
        new(
            Rmse,
            MetricLayer.Outcomes,
            "as the ground truth",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            $"Root of the mean predicted squared error (DLE). {Assumes}",
            HowSureLoss
        )
        {
            Title = "Estimated root mean squared error",
        },
        new(
            Error,
            MetricLayer.Outcomes,
            "as the metric",
            "(-∞, ∞)",
            MetricDirection.Neutral,
            "Realised minus estimated, over the rows that have ground truth by now; the class names the metric (accuracy, roc_auc, "
                + "mae, rmse). Below 0 an accuracy was flattered. How far estimates can be trusted.",
            "realised minus the estimate's interval: it holds 0 when the estimate kept its promise"
        )
        {
            Title = "Realised minus estimated",
            NeedsGroundTruth = true,
        },
        new(
            OutsideSupport,
            MetricLayer.Outcomes,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Rows beyond what the labelled reference had, divided by rows: the score outside its range (classes); "
                + "the prediction or any feature outside its range or categories (regression). There the estimate is a guess.",
            "Wilson"
        )
        {
            Title = "Rows outside the reference's support",
        },
    ];

    /// <summary>All of them, with what they have in common.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [.. Definitions.Select(metric => metric with { Aspect = MetricAspect.Performance, ChartUnit = "", FollowsCalendar = true })];

    /// <summary>The metric of a measure, such as <c>accuracy</c>.</summary>
    public static string Of(string measure) => Prefix + measure;

    /// <summary>Whether a metric is estimated performance.</summary>
    public static bool Contains(string metric) => metric.StartsWith(Prefix, StringComparison.Ordinal);
}

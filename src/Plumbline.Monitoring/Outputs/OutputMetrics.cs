using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.Outputs;

/// <summary>Metrics of what the model answers.</summary>
public static class OutputMetrics
{
    /// <summary>How the names of all of them begin.</summary>
    public const string Prefix = "output.";

    public const string MissingRate = "output.missing_rate";
    public const string Share = "output.share";
    public const string TopShare = "output.top_share";
    public const string EffectiveClasses = "output.effective_classes";
    public const string Confidence = "output.confidence";
    public const string Entropy = "output.entropy";
    public const string Mean = "output.mean";
    public const string StandardDeviation = "output.standard_deviation";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            MissingRate,
            MetricLayer.Outputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Requests with status ok and no answer (null, absent, NaN, None), divided by requests with status ok: "
                + "a model that answers NaN is running and of no use.",
            "Wilson"
        )
        {
            Title = "Missing answers",
            Floor = new(0.02, Least: 0.01),
        },
        new(
            Share,
            MetricLayer.Outputs,
            "share",
            "[0, 1]",
            MetricDirection.Neutral,
            "Predictions of the class, divided by all predictions that have one. One point per class.",
            "Wilson"
        )
        {
            Title = "Share of answers",
            Floor = new(0.1, Least: 0.01),
        },
        new(
            TopShare,
            MetricLayer.Outputs,
            "share",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "The largest share of a predicted class: 0.4 says that 40 % of the requests fall into one class.",
            "Wilson"
        )
        {
            Title = "Share of the commonest answer",
            Floor = new(0.1),
        },
        new(
            EffectiveClasses,
            MetricLayer.Outputs,
            "classes",
            "[1, K]",
            MetricDirection.HigherIsBetter,
            "exp of the entropy (nats) of the predicted class shares: how many equally frequent classes would be as diverse."
        )
        {
            Title = "Effective classes",
        },
        new(
            Confidence,
            MetricLayer.Outputs,
            "probability",
            "[0, 1]",
            MetricDirection.HigherIsBetter,
            "Mean of the highest class probability.",
            "normal"
        )
        {
            Title = "Confidence",
            Heading = "confidence",
            Floor = new(0.05),
            SegmentColumn = 70,
        },
        new(
            Entropy,
            MetricLayer.Outputs,
            "",
            "[0, 1]",
            MetricDirection.LowerIsBetter,
            "Mean entropy of the class probabilities of a prediction, divided by ln K.",
            "normal"
        )
        {
            Title = "Entropy",
            Floor = new(0.05),
        },
        new(Mean, MetricLayer.Outputs, "", "(-∞, ∞)", MetricDirection.Neutral, "Mean of the predicted number; regression only.", "normal")
        {
            Title = "Mean answer",
            Floor = new(0.15, IsRelative: true),
        },
        new(
            StandardDeviation,
            MetricLayer.Outputs,
            "",
            "[0, ∞)",
            MetricDirection.Neutral,
            "Standard deviation (divisor n) of the predicted number; regression only. Near zero, the model is stuck."
        )
        {
            Title = "Spread of the answers",
        },
    ];
}

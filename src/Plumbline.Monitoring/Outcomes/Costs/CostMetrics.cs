using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>Metrics of what decisions cost.</summary>
public static class CostMetrics
{
    public const string Realized = "cost.realized";
    public const string RealizedPer1000 = "cost.realized_per_1000";
    public const string Estimated = "cost.estimated";
    public const string EstimatedPer1000 = "cost.estimated_per_1000";

    /// <summary>The unit of all of them.</summary>
    public const string AsCurrency = "as the declared currency";
    private const string Priced =
        "Prices are the declared ones: the costs of the two errors or the matrix, times the row's value feature if there is one; "
        + "of a regression, the price of a unit of absolute error.";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new(
            Realized,
            MetricLayer.Outcomes,
            AsCurrency,
            "(-∞, ∞)",
            MetricDirection.LowerIsBetter,
            $"Sum of the costs of the window's predictions that have ground truth by now. {Priced}",
            "normal, of the mean"
        )
        {
            Title = "Realised cost",
            NeedsGroundTruth = true,
            AppliesTo = HasCost,
        },
        new(
            RealizedPer1000,
            MetricLayer.Outcomes,
            AsCurrency,
            "(-∞, ∞)",
            MetricDirection.LowerIsBetter,
            "Mean cost of predictions with ground truth, times 1,000: "
                + $"what compares windows of unequal traffic or label coverage. {Priced}",
            "normal"
        )
        {
            Title = "Realised cost per 1,000",
            Heading = "cost / 1,000",
            NeedsGroundTruth = true,
            AppliesTo = HasCost,
            SegmentColumn = 30,
        },
        new(
            Estimated,
            MetricLayer.Outcomes,
            AsCurrency,
            "(-∞, ∞)",
            MetricDirection.LowerIsBetter,
            "Expected cost of all predictions with a calibrated score: the sum over rows and classes of P(class) x cost(class, "
                + $"decision). Classifiers with a labelled reference; inputs must mean what they meant in it. {Priced}",
            "normal, of the unknown ground truth; the calibration is taken for true"
        )
        {
            Title = "Estimated cost",
            AppliesTo = HasExpectedCost,
        },
        new(
            EstimatedPer1000,
            MetricLayer.Outcomes,
            AsCurrency,
            "(-∞, ∞)",
            MetricDirection.LowerIsBetter,
            $"Mean expected cost, times 1,000. {Priced}",
            "normal, of the unknown ground truth; the calibration is taken for true"
        )
        {
            Title = "Estimated cost per 1,000",
            Heading = "estimated cost / 1,000",
            AppliesTo = HasExpectedCost,
            SegmentColumn = 40,
        },
    ];

    private static bool HasCost(ModelDefinition model) => model.Cost is not null;

    // What a regression's answer will cost cannot be known before its ground truth.
    private static bool HasExpectedCost(ModelDefinition model) => HasCost(model) && model.Task != ModelTask.Regression;
}

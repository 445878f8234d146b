using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// Expected performance of a binary model on rows without ground truth. Rests on three assumptions: P(Y|X) is as in the reference, the
/// calibration holds where the rows lie, and there are enough rows. Concept drift is invisible to it. <see cref="Warnings"/> says in words
/// where an assumption looks broken.
/// </summary>
public sealed record BinaryEstimate
{
    /// <summary>Expected counts; not whole numbers.</summary>
    public required BinaryConfusion ExpectedConfusion { get; init; }

    /// <summary>Expected share of right decisions; sampling error exact (Poisson-binomial).</summary>
    public required EstimatedMetric Accuracy { get; init; }

    /// <summary>Ratio of expectations TP / (TP + FP); 0 without predicted positives.</summary>
    public required EstimatedMetric Precision { get; init; }

    /// <summary>Ratio of expectations TP / (TP + FN).</summary>
    public required EstimatedMetric Recall { get; init; }

    /// <summary>Ratio of expectations 2 TP / (2 TP + FP + FN).</summary>
    public required EstimatedMetric F1 { get; init; }

    /// <summary>
    /// Ratio of expectations over pairs of different rows; ordered by the raw score, weighted by the calibrated probability, ties 1/2.
    /// </summary>
    public required EstimatedMetric RocAuc { get; init; }

    /// <summary>Which assumptions look broken, in words; empty when none does.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// Mean expected cost per row under a cost matrix, with the sampling and calibration error of the two kinds of wrong decision carried
    /// along.
    /// </summary>
    public EstimatedMetric ExpectedCost(CostMatrix cost)
    {
        var n = ExpectedConfusion.Total;
        if (n == 0)
            return EstimatedMetric.None(Estimate.Insufficient(0, null, "no rows"));
        var total =
            ExpectedConfusion.FalsePositive * cost.FalsePositive
            + ExpectedConfusion.FalseNegative * cost.FalseNegative
            + ExpectedConfusion.TruePositive * cost.TruePositive
            + ExpectedConfusion.TrueNegative * cost.TrueNegative;
        var onPositive = cost.TruePositive - cost.FalsePositive;
        var onNegative = cost.FalseNegative - cost.TrueNegative;
        var sampling =
            (onPositive * onPositive * Variances.PredictedPositive + onNegative * onNegative * Variances.PredictedNegative) / (n * n);
        var calibration =
            (
                onPositive * onPositive * Variances.CalibrationPositive
                + onNegative * onNegative * Variances.CalibrationNegative
                + 2 * onPositive * onNegative * Variances.CalibrationBoth
            ) / (n * n);
        return EstimatedMetric.Of(total / n, ExpectedConfusion.N, sampling, calibration, double.NegativeInfinity, double.PositiveInfinity);
    }

    internal CountVariances Variances { get; init; }
}

/// <summary>Variances of the number of positives among the predicted positives and among the predicted negatives.</summary>
internal readonly record struct CountVariances(
    double PredictedPositive,
    double PredictedNegative,
    double CalibrationPositive,
    double CalibrationNegative,
    double CalibrationBoth
);

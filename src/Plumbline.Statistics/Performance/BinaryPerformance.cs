using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>
/// Realised performance of a binary model. Decisions are the model's own; score metrics use the rows that have a score. Intervals are 95 %.
/// A score outside [0, 1] makes log-loss, Brier score and calibration undefined (ranking stays defined).
/// </summary>
public sealed record BinaryPerformance
{
    /// <summary>Counts of right and wrong decisions; mergeable.</summary>
    public required BinaryConfusion Confusion { get; init; }

    /// <summary>Share of right decisions (Wilson).</summary>
    public required Estimate Accuracy { get; init; }

    /// <summary>Share of predicted positives that are positive (Wilson); 0 without predicted positives.</summary>
    public required Estimate Precision { get; init; }

    /// <summary>Share of positives that were predicted positive (Wilson); 0 without positives.</summary>
    public required Estimate Recall { get; init; }

    /// <summary>Harmonic mean of precision and recall.</summary>
    public required Estimate F1 { get; init; }

    /// <summary>Area under the ROC curve, ties 1/2 (DeLong).</summary>
    public required Estimate RocAuc { get; init; }

    /// <summary>Mean of -ln p(truth) in nats, p clipped to [1e-15, 1 - 1e-15] (normal interval).</summary>
    public required Estimate LogLoss { get; init; }

    /// <summary>Mean of (p - y)^2 in [0, 1] (normal interval).</summary>
    public required Estimate Brier { get; init; }

    /// <summary>Expected calibration error of P(positive), 10 equal-width bins (bootstrap).</summary>
    public required Estimate ExpectedCalibrationError { get; init; }

    /// <summary>Computes everything from rows or groups of rows.</summary>
    /// <exception cref="ArgumentException">A count is negative or not finite.</exception>
    public static BinaryPerformance Of(ReadOnlySpan<BinaryOutcome> rows)
    {
        var confusion = default(BinaryConfusion);
        for (var i = 0; i < rows.Length; i++)
        {
            Require.Count(rows[i].Count, i, nameof(rows));
            confusion = confusion.With(rows[i].GroundTruth, rows[i].Prediction, rows[i].Count);
        }

        return Of(confusion, ScoreCounts.From(rows));
    }

    /// <summary>Computes everything from the two mergeable parts.</summary>
    public static BinaryPerformance Of(BinaryConfusion confusion, ScoreCounts scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return new BinaryPerformance
        {
            Confusion = confusion,
            Accuracy = confusion.Accuracy(),
            Precision = confusion.Precision(),
            Recall = confusion.Recall(),
            F1 = confusion.F1(),
            RocAuc = Roc.Area(scores),
            LogLoss = ProbabilityLoss.LogLoss(scores),
            Brier = ProbabilityLoss.Brier(scores),
            ExpectedCalibrationError = ProbabilityLoss.ExpectedCalibrationError(scores),
        };
    }
}

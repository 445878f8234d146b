namespace Plumbline.Statistics.Estimation;

/// <summary>When the reference's calibration is applied to scores.</summary>
public enum CalibrationUse
{
    /// <summary>Isotonic, if it lowers the equal-mass calibration error on held-out folds of the reference; else the raw score.</summary>
    Auto = 0,

    /// <summary>Always isotonic.</summary>
    Always = 1,

    /// <summary>Never: scores are taken as probabilities.</summary>
    Never = 2,
}

/// <summary>How a <see cref="BinaryPerformanceEstimator"/> is fitted.</summary>
public sealed record EstimatorOptions
{
    /// <summary>When calibration is applied.</summary>
    public CalibrationUse Calibration { get; init; }

    /// <summary>Bootstrap refits of the calibration, 0 .. 1000; 0 leaves calibration error out of the intervals.</summary>
    public int Refits { get; init; } = 60;

    /// <summary>Folds for <see cref="CalibrationUse.Auto"/>, 2 .. 50.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>Seed of folds and refits.</summary>
    public ulong Seed { get; init; } = 1;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Refits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Refits, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Folds, 50);
    }
}

/// <summary>
/// Confidence-based performance estimation (CBPE) for binary models: the calibrated probability of a row says how likely its decision is
/// right, so that expected counts and metrics follow without ground truth. Fit on a labelled reference that did not train the model;
/// immutable afterwards and safe for concurrent use. Kivimaki, Bialek, Kuberski and Nurminen 2025 (arXiv 2505.05295) treat the theory.
/// </summary>
public sealed class BinaryPerformanceEstimator
{
    private readonly BinaryCalibration _calibration;

    private BinaryPerformanceEstimator(BinaryCalibration calibration) => _calibration = calibration;

    /// <summary>True when estimates use the isotonic calibration rather than the raw score.</summary>
    public bool IsCalibrated => _calibration.UsesIsotonic;

    /// <summary>Rows of the reference with a score.</summary>
    public long ReferenceRows => _calibration.ReferenceRows;

    /// <summary>Fits on the reference.</summary>
    /// <param name="scores">Score per row, higher = more likely positive; NaN rows are left out, infinities are refused. Without
    /// calibration it must be a probability.</param>
    /// <param name="groundTruth">Whether the row is positive.</param>
    /// <param name="options">Null = defaults.</param>
    /// <param name="weights">Importance of each row (density ratios for PAPE); empty = 1 each.</param>
    /// <exception cref="ArgumentException">Lengths differ, no scored row, or scores outside [0, 1] without calibration.</exception>
    public static BinaryPerformanceEstimator Fit(
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> groundTruth,
        EstimatorOptions? options = null,
        ReadOnlySpan<double> weights = default
    )
    {
        options ??= new EstimatorOptions();
        options.Check();
        return new BinaryPerformanceEstimator(BinaryCalibration.Fit(scores, groundTruth, weights, options));
    }

    /// <summary>The calibrated probability of being positive at a finite score.</summary>
    public double Calibrate(double score) => _calibration.Predict(score);

    /// <summary>Estimates the performance on rows without ground truth.</summary>
    /// <param name="scores">Score per row; NaN rows are left out.</param>
    /// <param name="predictions">The model's own decision per row.</param>
    /// <param name="counts">Rows per group; empty = 1 each.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is infinite, a count is negative.</exception>
    public BinaryEstimate Estimate(ReadOnlySpan<double> scores, ReadOnlySpan<bool> predictions, ReadOnlySpan<double> counts = default)
    {
        Require.SameLength(scores.Length, predictions.Length, nameof(predictions));
        if (!counts.IsEmpty)
            Require.SameLength(scores.Length, counts.Length, nameof(counts));
        // The same grouping as for ground truth, with the decision in its place.
        var table = ScoreCounts.From(scores, predictions, counts);
        Require.Finite(table.Scores, nameof(scores));
        return Estimate(table);
    }

    /// <summary>The same from groups: per distinct score the rows predicted positive ("positives") and negative ("negatives").</summary>
    public BinaryEstimate Estimate(ScoreCounts decisionsByScore)
    {
        ArgumentNullException.ThrowIfNull(decisionsByScore);
        var groups = new ExpectedGroups(
            decisionsByScore.Scores.ToArray(),
            decisionsByScore.Positives.ToArray(),
            decisionsByScore.Negatives.ToArray()
        );
        if (decisionsByScore.Total == 0)
            return Nothing(Statistics.Estimate.Insufficient(0, null, "no rows with a score"));
        var calibrated = new double[groups.Count];
        for (var i = 0; i < calibrated.Length; i++)
            calibrated[i] = _calibration.Predict(groups.Scores[i]);
        if (calibrated[0] < 0 || calibrated[^1] > 1)
        {
            return Nothing(
                Statistics.Estimate.Undefined(decisionsByScore.N, null, "scores outside [0, 1] cannot be taken as probabilities")
            );
        }

        var main = ExpectedMetrics.Of(groups, calibrated, withVariance: true);
        var spread = CalibrationSpread.Of(_calibration, groups);
        main = main with
        {
            VarianceAmongPositive = Math.Max(main.VarianceAmongPositive, spread.VarianceAmongPositive),
            VarianceAmongNegative = Math.Max(main.VarianceAmongNegative, spread.VarianceAmongNegative),
        };
        return Assemble(decisionsByScore.N, main, spread, _calibration.Warnings(groups));
    }

    private static BinaryEstimate Assemble(long n, ExpectedMetrics main, CalibrationSpread spread, IReadOnlyList<string> warnings) =>
        new()
        {
            ExpectedConfusion = main.Confusion,
            Accuracy = EstimatedMetric.Of(main.Accuracy, n, main.AccuracyVariance, spread.Accuracy, 0, 1),
            Precision = EstimatedMetric.Of(main.Precision, n, main.PrecisionVariance, spread.Precision, 0, 1),
            Recall = EstimatedMetric.Of(main.Recall, n, main.RecallVariance, spread.Recall, 0, 1),
            F1 = EstimatedMetric.Of(main.F1, n, main.F1Variance, spread.F1, 0, 1),
            RocAuc = double.IsNaN(main.Ranking.Area)
                ? EstimatedMetric.None(Statistics.Estimate.Undefined(n, null, "every row is surely of one class"))
                : EstimatedMetric.Of(main.Ranking.Area, n, main.Ranking.Variance, spread.Area, 0, 1),
            Warnings = warnings,
            Variances = new CountVariances(
                main.VarianceAmongPositive,
                main.VarianceAmongNegative,
                spread.CountPositive,
                spread.CountNegative,
                spread.CountBoth
            ),
        };

    private static BinaryEstimate Nothing(Estimate why)
    {
        var none = EstimatedMetric.None(why);
        return new BinaryEstimate
        {
            ExpectedConfusion = default,
            Accuracy = none,
            Precision = none,
            Recall = none,
            F1 = none,
            RocAuc = none,
            Warnings = [],
            Variances = default,
        };
    }
}

using System.Globalization;
using Plumbline.Statistics.Multivariate;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// Performance estimation under covariate shift (PAPE, Bialek et al. arXiv 2401.08348): a domain classifier weights the reference so that
/// it looks like the current rows, the scores are recalibrated on the weighted reference, and then confidence-based estimation runs as
/// usual. Dearer than <see cref="BinaryPerformanceEstimator"/>: it fits trees for every window. Immutable.
/// </summary>
public sealed class ShiftAdaptedEstimator
{
    private const string ScoreColumn = "@score";

    private readonly FeatureTable _reference;
    private readonly double[] _scores;
    private readonly bool[] _groundTruth;
    private readonly EstimatorOptions _options;

    /// <summary>Takes a labelled reference.</summary>
    /// <param name="reference">Features of the monitored model.</param>
    /// <param name="scores">P(positive) per row, finite.</param>
    /// <param name="groundTruth">Whether the row is positive.</param>
    /// <param name="options">Null = defaults; calibration is always applied.</param>
    /// <exception cref="ArgumentException">Lengths differ or a score is not finite.</exception>
    public ShiftAdaptedEstimator(
        FeatureTable reference,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> groundTruth,
        EstimatorOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(reference);
        Require.SameLength(reference.Rows, scores.Length, nameof(scores));
        Require.SameLength(reference.Rows, groundTruth.Length, nameof(groundTruth));
        Require.Finite(scores);
        _reference = WithScore(reference, scores);
        _scores = scores.ToArray();
        _groundTruth = groundTruth.ToArray();
        _options = (options ?? new EstimatorOptions()) with { Calibration = CalibrationUse.Always };
    }

    /// <summary>Estimates the performance on rows without ground truth.</summary>
    /// <param name="current">Features, in the reference's columns; at least as many rows as folds (5).</param>
    /// <param name="scores">P(positive) per row, finite.</param>
    /// <param name="predictions">The model's own decision per row.</param>
    public BinaryEstimate Estimate(FeatureTable current, ReadOnlySpan<double> scores, ReadOnlySpan<bool> predictions)
    {
        ArgumentNullException.ThrowIfNull(current);
        Require.SameLength(current.Rows, scores.Length, nameof(scores));
        Require.Finite(scores);
        var weights = DomainClassifier.DensityRatios(_reference, WithScore(current, scores), _options.Seed);
        var estimate = BinaryPerformanceEstimator.Fit(_scores, _groundTruth, _options, weights).Estimate(scores, predictions);
        double sum = 0,
            squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }

        var effective = sum * sum / squares;
        return effective >= 0.1 * weights.Length
            ? estimate
            : estimate with
            {
                Warnings =
                [
                    .. estimate.Warnings,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the current rows lie where the reference has few: only {effective:0} of {weights.Length} reference rows "
                            + $"count in effect"
                    ),
                ],
            };
    }

    private static FeatureTable WithScore(FeatureTable table, ReadOnlySpan<double> scores) =>
        table.WithNumeric(ScoreColumn, scores.ToArray());
}

using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Multivariate;

/// <summary>A feature and its share of what the domain classifier used to tell the samples apart.</summary>
/// <param name="Feature">Column name.</param>
/// <param name="Share">0 .. 1; all shares sum to 1.</param>
public readonly record struct FeatureShare(string Feature, double Share);

/// <summary>What a domain classifier found.</summary>
/// <param name="RocAuc">Out-of-fold area with DeLong's interval, widened by the square root of 2 for the correlation of the folds: 0.5 =
/// the samples cannot be told apart, 1 = completely.</param>
/// <param name="Contributors">Features by descending share of the classifier's gain: where to look first.</param>
/// <param name="Warnings">In words what may mislead.</param>
public sealed record DomainDrift(Estimate RocAuc, IReadOnlyList<FeatureShare> Contributors, IReadOnlyList<string> Warnings);

/// <summary>
/// Multivariate drift as classification: boosted trees learn to tell reference rows from current rows; the out-of-fold ROC area says how
/// well that goes. Leave time stamps and ids out: they always tell. Values of other learners are not comparable.
/// </summary>
public static class DomainClassifier
{
    private static readonly TreeOptions Trees = new()
    {
        Trees = 60,
        Leaves = 15,
        LearningRate = 0.1,
        MinimumLeafRows = 20,
    };

    // Two folds judge each other: what rows of one have in common with rows of the other by chance helps or harms both ways round, so it
    // counts twice.
    // DeLong takes the trees as given; without drift the variance is up to twice its value (simulated: its own intervals cover 87 to 93 %).
    private static readonly double FoldCorrelation = Math.Sqrt(2);

    /// <summary>Measures drift between two tables of the same columns.</summary>
    /// <param name="reference">Reference rows.</param>
    /// <param name="current">Current rows.</param>
    /// <param name="seed">Seed of folds, subsampling and trees.</param>
    /// <param name="folds">Folds, 2 .. 20.</param>
    /// <param name="maximumRows">Rows used of each side; more are subsampled.</param>
    /// <exception cref="ArgumentException">The columns differ or there are none.</exception>
    public static DomainDrift Measure(FeatureTable reference, FeatureTable current, ulong seed = 1, int folds = 5, int maximumRows = 20_000)
    {
        Check(reference, current, folds, maximumRows);
        if (Math.Min(reference.Rows, current.Rows) < 10 * folds)
        {
            return new DomainDrift(
                Estimate.Insufficient(reference.Rows, current.Rows, $"{10 * folds} rows are needed on each side"),
                [],
                []
            );
        }

        var (pooled, isCurrent, scores, gains) = OutOfFold(reference, current, seed, folds, maximumRows);
        var area = Roc.Area(ScoreCounts.From(scores, [.. isCurrent.Select(c => c > 0)]));
        var contributors = pooled
            .Names.Zip(gains, (name, gain) => new FeatureShare(name, gain))
            .OrderByDescending(f => f.Share)
            .ThenBy(f => f.Feature, StringComparer.Ordinal)
            .ToList();
        List<string> warnings = [];
        if (area.Value > 0.999)
            warnings.Add($"'{contributors[0].Feature}' alone may tell the samples apart: is it a time, an id or a constant?");
        var result = Estimate.Of(area.Value!.Value, reference.Rows, current.Rows);
        var error = FoldCorrelation * area.StandardError!.Value;
        return new DomainDrift(
            result.With(Confidence.Normal(area.Value!.Value, error).Clip(0, 1)).WithStandardError(error),
            contributors,
            warnings
        );
    }

    /// <summary>
    /// Density ratios current / reference of the reference rows, out-of-fold: w = (n / m) p / (1 - p), p = P(current) of the classifier,
    /// clipped to [1e-3, 1e3] and scaled to mean 1. Weighting the reference with them makes it look like the current rows, as far as they
    /// overlap.
    /// </summary>
    public static double[] DensityRatios(FeatureTable reference, FeatureTable current, ulong seed = 1, int folds = 5)
    {
        Check(reference, current, folds, int.MaxValue);
        if (reference.Rows < folds || current.Rows < folds)
            throw new ArgumentException($"At least {folds} rows are needed on each side.", nameof(reference));
        var (_, _, scores, _) = OutOfFold(reference, current, seed, folds, int.MaxValue);
        var ratios = new double[reference.Rows];
        var sum = 0.0;
        for (var i = 0; i < ratios.Length; i++)
        {
            var p = Math.Clamp(scores[i], 1e-6, 1 - 1e-6);
            ratios[i] = Math.Clamp((double)reference.Rows / current.Rows * p / (1 - p), 1e-3, 1e3);
            sum += ratios[i];
        }

        for (var i = 0; i < ratios.Length; i++)
            ratios[i] *= ratios.Length / sum;
        return ratios;
    }

    private static (FeatureTable Pooled, double[] IsCurrent, double[] Scores, double[] Gains) OutOfFold(
        FeatureTable reference,
        FeatureTable current,
        ulong seed,
        int folds,
        int maximumRows
    )
    {
        var random = new RandomSource(seed);
        var x = Rows.Sample(reference, maximumRows, random);
        var y = Rows.Sample(current, maximumRows, random);
        var pooled = x.Append(y);
        var isCurrent = new double[pooled.Rows];
        Array.Fill(isCurrent, 1, x.Rows, y.Rows);
        // Both sides spread evenly over the folds.
        var foldOf = new int[pooled.Rows];
        Rows.Spread(foldOf.AsSpan(0, x.Rows), folds, random);
        Rows.Spread(foldOf.AsSpan(x.Rows), folds, random);
        var scores = new double[pooled.Rows];
        var gains = new double[pooled.ColumnCount];
        for (var fold = 0; fold < folds; fold++)
        {
            var (inside, outside) = Rows.Of(foldOf, fold);
            var trees = GradientBoostedTrees.Fit(
                pooled.Select(outside),
                Rows.Take(isCurrent, outside),
                Trees with
                {
                    Seed = seed + (ulong)fold,
                }
            );
            var predicted = trees.Predict(pooled.Select(inside));
            for (var i = 0; i < inside.Length; i++)
                scores[inside[i]] = predicted[i];
            for (var c = 0; c < gains.Length; c++)
                gains[c] += trees.Gains[c] / folds;
        }

        return (pooled, isCurrent, scores, gains);
    }

    private static void Check(FeatureTable reference, FeatureTable current, int folds, int maximumRows)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(current);
        reference.CheckSameColumns(current, nameof(current));
        if (reference.ColumnCount == 0)
            throw new ArgumentException("At least one column is needed.", nameof(reference));
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 100);
    }
}

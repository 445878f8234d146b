namespace Plumbline.Statistics;

/// <summary>
/// Rows per distinct score and class: everything that ROC, log-loss, Brier score and calibration need. Scores ascend. Merges by addition;
/// immutable. A <c>GROUP BY score, ground truth</c> is this table.
/// </summary>
public sealed class ScoreCounts
{
    private readonly double[] _scores;
    private readonly double[] _positives;
    private readonly double[] _negatives;

    private ScoreCounts(double[] scores, double[] positives, double[] negatives, double unscored)
    {
        _scores = scores;
        _positives = positives;
        _negatives = negatives;
        Unscored = unscored;
        foreach (var count in positives)
            TotalPositives += count;
        foreach (var count in negatives)
            TotalNegatives += count;
    }

    /// <summary>Distinct scores, ascending. Never NaN; may be infinite.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>Truly positive rows per score.</summary>
    public ReadOnlySpan<double> Positives => _positives;

    /// <summary>Truly negative rows per score.</summary>
    public ReadOnlySpan<double> Negatives => _negatives;

    /// <summary>Rows whose score was NaN: counted, not used.</summary>
    public double Unscored { get; }

    /// <summary>All truly positive rows.</summary>
    public double TotalPositives { get; }

    /// <summary>All truly negative rows.</summary>
    public double TotalNegatives { get; }

    /// <summary>Scored rows.</summary>
    public double Total => TotalPositives + TotalNegatives;

    /// <summary>Scored rows, rounded.</summary>
    public long N => (long)Math.Round(Total);

    /// <summary>Groups rows by score.</summary>
    /// <exception cref="ArgumentException">A count is negative or not finite.</exception>
    public static ScoreCounts From(ReadOnlySpan<BinaryOutcome> rows)
    {
        var scores = new double[rows.Length];
        var counts = new (double Positive, double Negative)[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            Require.Count(rows[i].Count, i, nameof(rows));
            scores[i] = rows[i].Score;
            counts[i] = rows[i].GroundTruth ? (rows[i].Count, 0) : (0, rows[i].Count);
        }

        return Group(scores, counts);
    }

    /// <summary>Groups parallel columns by score; without <paramref name="counts"/> every row counts once.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative or not finite.</exception>
    public static ScoreCounts From(ReadOnlySpan<double> scores, ReadOnlySpan<bool> groundTruth, ReadOnlySpan<double> counts = default)
    {
        Require.SameLength(scores.Length, groundTruth.Length, nameof(groundTruth));
        if (!counts.IsEmpty)
            Require.SameLength(scores.Length, counts.Length, nameof(counts));
        var pairs = new (double Positive, double Negative)[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            var count = counts.IsEmpty ? 1 : counts[i];
            Require.Count(count, i, nameof(counts));
            pairs[i] = groundTruth[i] ? (count, 0) : (0, count);
        }

        return Group(scores.ToArray(), pairs);
    }

    /// <summary>
    /// Positives and negatives given per score (also expected ones, as performance estimation needs); scores in any order, duplicates are
    /// summed.
    /// </summary>
    public static ScoreCounts FromGroups(ReadOnlySpan<double> scores, ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives)
    {
        Require.SameLength(scores.Length, positives.Length, nameof(positives));
        Require.SameLength(scores.Length, negatives.Length, nameof(negatives));
        var pairs = new (double Positive, double Negative)[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            Require.Count(positives[i], i, nameof(positives));
            Require.Count(negatives[i], i, nameof(negatives));
            pairs[i] = (positives[i], negatives[i]);
        }

        return Group(scores.ToArray(), pairs);
    }

    /// <summary>The table of both inputs together.</summary>
    public ScoreCounts Merge(ScoreCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var scores = new double[_scores.Length + other._scores.Length];
        var pairs = new (double Positive, double Negative)[scores.Length];
        for (var i = 0; i < _scores.Length; i++)
            (scores[i], pairs[i]) = (_scores[i], (_positives[i], _negatives[i]));
        for (var i = 0; i < other._scores.Length; i++)
            (scores[_scores.Length + i], pairs[_scores.Length + i]) = (other._scores[i], (other._positives[i], other._negatives[i]));
        var merged = Group(scores, pairs);
        return new ScoreCounts(merged._scores, merged._positives, merged._negatives, Unscored + other.Unscored);
    }

    /// <summary>In words what keeps the scores from being probabilities, or null when all lie in [0, 1].</summary>
    internal string? WhyNotProbabilities()
    {
        if (_scores.Length == 0 || (_scores[0] >= 0 && _scores[^1] <= 1))
            return null;
        var outside = 0.0;
        for (var i = 0; i < _scores.Length; i++)
            outside += _scores[i] is >= 0 and <= 1 ? 0 : _positives[i] + _negatives[i];
        return $"{Math.Round(outside)} scores lie outside [0, 1]";
    }

    private static ScoreCounts Group(double[] scores, (double Positive, double Negative)[] counts)
    {
        Array.Sort(scores, counts);
        // NaN sorts first.
        var start = 0;
        var unscored = 0.0;
        for (; start < scores.Length && double.IsNaN(scores[start]); start++)
            unscored += counts[start].Positive + counts[start].Negative;
        var distinct = 0;
        for (var i = start; i < scores.Length; i++)
        {
            if (distinct > 0 && scores[distinct - 1] == scores[i])
            {
                counts[distinct - 1] = (
                    counts[distinct - 1].Positive + counts[i].Positive,
                    counts[distinct - 1].Negative + counts[i].Negative
                );
            }
            else if (counts[i].Positive + counts[i].Negative > 0)
            {
                (scores[distinct], counts[distinct++]) = (scores[i], counts[i]);
            }
        }

        var positives = new double[distinct];
        var negatives = new double[distinct];
        for (var i = 0; i < distinct; i++)
            (positives[i], negatives[i]) = counts[i];
        return new ScoreCounts(scores.AsSpan(0, distinct).ToArray(), positives, negatives, unscored);
    }
}

namespace Plumbline.Statistics.Calibration;

/// <summary>
/// A non-decreasing least-squares fit (pool adjacent violators), continued linearly between its knots and constantly outside them.
/// Immutable. As a calibration it maps a score to the frequency of positives; fit it on rows that did not train the model.
/// </summary>
public sealed class IsotonicRegression
{
    private readonly double[] _x;
    private readonly double[] _y;

    private IsotonicRegression(double[] x, double[] y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>Positions of the knots, strictly ascending.</summary>
    public ReadOnlySpan<double> X => _x;

    /// <summary>Fitted values at the knots, non-decreasing.</summary>
    public ReadOnlySpan<double> Y => _y;

    /// <summary>Fits to points; equal x are pooled first.</summary>
    /// <param name="x">Finite values in any order, at least one.</param>
    /// <param name="y">Finite values.</param>
    /// <param name="weights">Weights, not negative, not all zero; empty = 1 each.</param>
    /// <exception cref="ArgumentException">Lengths differ, no weight, a value is not finite.</exception>
    public static IsotonicRegression Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        Require.SameLength(x.Length, y.Length, nameof(y));
        Require.Finite(x);
        Require.Finite(y);
        if (!weights.IsEmpty)
            Require.SameLength(x.Length, weights.Length, nameof(weights));
        var keys = x.ToArray();
        var points = new (double Sum, double Weight)[x.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            Require.Count(weight, i, nameof(weights));
            points[i] = (weight * y[i], weight);
        }

        Array.Sort(keys, points);
        return FitPooled(keys, points);
    }

    /// <summary>Fits to points whose x ascend already and are finite; no checks.</summary>
    internal static IsotonicRegression FitAscending(double[] x, double[] y, double[] weights)
    {
        var points = new (double Sum, double Weight)[x.Length];
        for (var i = 0; i < points.Length; i++)
            points[i] = (weights[i] * y[i], weights[i]);
        return FitPooled((double[])x.Clone(), points);
    }

    /// <summary>Fits the frequency of positives to a table of scores.</summary>
    /// <exception cref="ArgumentException">The table is empty or holds infinite scores.</exception>
    public static IsotonicRegression Fit(ScoreCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Scores.IsEmpty)
            throw new ArgumentException("No rows with a score.", nameof(counts));
        Require.Finite(counts.Scores, nameof(counts));
        var points = new (double Sum, double Weight)[counts.Scores.Length];
        for (var i = 0; i < points.Length; i++)
            points[i] = (counts.Positives[i], counts.Positives[i] + counts.Negatives[i]);
        return FitSorted(counts.Scores, points);
    }

    /// <summary>The fitted value at a finite <paramref name="x"/>.</summary>
    public double Predict(double x) => Between(Binning.BinCounts.IndexOf(_x, x), x);

    // Between the knot before and the one at a place.
    private double Between(int above, double x)
    {
        if (above == 0)
            return _y[0];
        if (above == _x.Length)
            return _y[^1];
        var fraction = (x - _x[above - 1]) / (_x[above] - _x[above - 1]);
        return _y[above - 1] + fraction * (_y[above] - _y[above - 1]);
    }

    /// <summary>The fitted values at finite, ascending positions: one walk along the knots in place of a search for each.</summary>
    internal void PredictAscending(ReadOnlySpan<double> x, Span<double> values)
    {
        var above = 0;
        for (var i = 0; i < x.Length; i++)
        {
            while (above < _x.Length && _x[above] <= x[i])
                above++;
            values[i] = Between(above, x[i]);
        }
    }

    private static IsotonicRegression FitPooled(double[] keys, (double Sum, double Weight)[] points)
    {
        var distinct = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (points[i].Weight == 0)
                continue;
            if (distinct > 0 && keys[distinct - 1] == keys[i])
                points[distinct - 1] = (points[distinct - 1].Sum + points[i].Sum, points[distinct - 1].Weight + points[i].Weight);
            else
                (keys[distinct], points[distinct++]) = (keys[i], points[i]);
        }

        if (distinct == 0)
            throw new ArgumentException("No point with a positive weight.", nameof(points));
        return FitSorted(keys.AsSpan(0, distinct), points.AsSpan(0, distinct));
    }

    // Blocks of pooled neighbours on a stack; only the ends of a block are needed as knots.
    private static IsotonicRegression FitSorted(ReadOnlySpan<double> x, ReadOnlySpan<(double Sum, double Weight)> points)
    {
        var sums = new double[x.Length];
        var weights = new double[x.Length];
        var starts = new int[x.Length];
        var blocks = 0;
        for (var i = 0; i < x.Length; i++)
        {
            (sums[blocks], weights[blocks], starts[blocks]) = (points[i].Sum, points[i].Weight, i);
            blocks++;
            while (blocks > 1 && sums[blocks - 2] * weights[blocks - 1] >= sums[blocks - 1] * weights[blocks - 2])
            {
                sums[blocks - 2] += sums[blocks - 1];
                weights[blocks - 2] += weights[blocks - 1];
                blocks--;
            }
        }

        var knotsX = new List<double>(2 * blocks);
        var knotsY = new List<double>(2 * blocks);
        for (var b = 0; b < blocks; b++)
        {
            var end = b + 1 < blocks ? starts[b + 1] - 1 : x.Length - 1;
            knotsX.Add(x[starts[b]]);
            knotsY.Add(sums[b] / weights[b]);
            if (end > starts[b])
            {
                knotsX.Add(x[end]);
                knotsY.Add(sums[b] / weights[b]);
            }
        }

        return new IsotonicRegression([.. knotsX], [.. knotsY]);
    }
}

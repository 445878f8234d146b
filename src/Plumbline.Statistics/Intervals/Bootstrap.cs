using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Intervals;

/// <summary>Computes a statistic from row numbers drawn with replacement; NaN when it is not defined on them.</summary>
/// <param name="rows">Row numbers; the same one may occur several times.</param>
public delegate double ResampledStatistic(ReadOnlySpan<int> rows);

/// <summary>Bootstrap intervals (Efron 1979). Deterministic for a given seed.</summary>
public static class Bootstrap
{
    /// <summary>
    /// The percentile interval: quantiles of the statistic over resamples of the rows. Null with fewer than two rows, or when the statistic
    /// is undefined on more than a tenth of the resamples.
    /// </summary>
    /// <param name="rowCount">Number of rows to draw from.</param>
    /// <param name="statistic">The statistic of drawn rows.</param>
    /// <param name="random">Seeded source.</param>
    /// <param name="replicates">Number of resamples, at least 100.</param>
    /// <param name="level">Coverage, inside (0, 1).</param>
    public static Interval? Percentile(
        int rowCount,
        ResampledStatistic statistic,
        RandomSource random,
        int replicates = 1000,
        double level = 0.95
    )
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 100);
        Require.OpenUnit(level);
        if (rowCount < 2)
            return null;
        var rows = new int[rowCount];
        var values = new double[replicates];
        var defined = 0;
        for (var r = 0; r < replicates; r++)
        {
            for (var i = 0; i < rows.Length; i++)
                rows[i] = random.NextInt(rowCount);
            var value = statistic(rows);
            if (double.IsFinite(value))
                values[defined++] = value;
        }

        if (defined < 0.9 * replicates)
            return null;
        var sorted = values.AsSpan(0, defined);
        sorted.Sort();
        return new Interval(Quantile.OfSorted(sorted, (1 - level) / 2), Quantile.OfSorted(sorted, (1 + level) / 2));
    }
}

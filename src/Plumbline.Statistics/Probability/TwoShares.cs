using MathNet.Numerics;

namespace Plumbline.Statistics.Probability;

/// <summary>Compares how frequent something is in two sets of rows.</summary>
public static class TwoShares
{
    /// <summary>A term this many times smaller than the sum so far ends it: what follows is smaller still.</summary>
    private const double Negligible = 1e-17;

    /// <summary>
    /// How likely chance alone makes it at least as frequent in the first rows: the one-sided p-value of Fisher's exact test, so it holds
    /// for few rows and rare hits as well. The upper tail of the hypergeometric distribution.
    /// </summary>
    /// <param name="hits">Hits among the first rows, 0 .. <paramref name="rows"/>.</param>
    /// <param name="rows">The first rows, positive.</param>
    /// <param name="otherHits">Hits among the others.</param>
    /// <param name="otherRows">The other rows, positive.</param>
    /// <returns>In (0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">No rows, or more hits than rows, or fewer than none.</exception>
    public static double PValueOfMore(long hits, long rows, long otherHits, long otherRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(otherRows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfNegative(otherHits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(otherHits, otherRows);
        var all = hits + otherHits;
        var least = Math.Max(0, all - otherRows);
        if (hits <= least)
            return 1;
        // Below the mode the other tail is the shorter one.
        var mode = (rows + 1.0) * (all + 1) / (rows + otherRows + 2);
        return Math.Clamp(
            hits > mode ? Sum(hits, Math.Min(rows, all), 1, rows, all, otherRows) : 1 - Sum(hits - 1, least, -1, rows, all, otherRows),
            double.Epsilon,
            1
        );
    }

    // From the largest term outwards; each follows from the one before.
    private static double Sum(long from, long to, int step, long rows, long all, long otherRows)
    {
        var term = Math.Exp(LogTerm(from, rows, all, otherRows));
        var sum = term;
        for (var k = from; k != to && term > sum * Negligible; k += step)
        {
            term *=
                step > 0
                    ? (double)(rows - k) * (all - k) / ((k + 1.0) * (otherRows - all + k + 1.0))
                    : (double)k * (otherRows - all + k) / ((rows - k + 1.0) * (all - k + 1.0));
            sum += term;
        }

        return sum;
    }

    private static double LogTerm(long hits, long rows, long all, long otherRows) =>
        LogChoose(rows, hits) + LogChoose(otherRows, all - hits) - LogChoose(rows + otherRows, all);

    private static double LogChoose(long n, long k) =>
        SpecialFunctions.GammaLn(n + 1.0) - SpecialFunctions.GammaLn(k + 1.0) - SpecialFunctions.GammaLn(n - k + 1.0);
}

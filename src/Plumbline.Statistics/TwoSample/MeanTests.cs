using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.TwoSample;

/// <summary>Tests of location and rate. All are two-sided.</summary>
public static class MeanTests
{
    /// <summary>
    /// Welch's t-test of two means with unequal variances: t = (mean of reference - mean of current) / standard error, degrees of freedom
    /// of Welch and Satterthwaite.
    /// </summary>
    /// <param name="reference">At least 2 finite values.</param>
    /// <param name="current">At least 2 finite values.</param>
    /// <returns>Undefined when neither sample varies but their means differ.</returns>
    public static TestResult Welch(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        Require.Finite(reference);
        Require.Finite(current);
        double n = reference.Length,
            m = current.Length;
        if (n < 2 || m < 2)
            return TestResult.Insufficient(reference.Length, current.Length, "two rows are needed on each side");
        var (meanX, squaresX) = Moments.Of(reference);
        var (meanY, squaresY) = Moments.Of(current);
        return Welch(meanX, squaresX / (n - 1), reference.Length, meanY, squaresY / (m - 1), current.Length);
    }

    /// <summary>The same from means, unbiased variances and sizes, as profiles hold them.</summary>
    public static TestResult Welch(
        double referenceMean,
        double referenceVariance,
        long n,
        double currentMean,
        double currentVariance,
        long m
    )
    {
        if (n < 2 || m < 2)
            return TestResult.Insufficient(n, m, "two rows are needed on each side");
        var (a, b) = (referenceVariance / n, currentVariance / m);
        if (!double.IsFinite(a + b))
            return TestResult.Undefined(n, m, "the values are too large for their variance");
        if (!(a + b > 0))
        {
            return referenceMean == currentMean
                ? TestResult.Of(0, 1, n, m, "constant")
                : TestResult.Undefined(n, m, "neither sample varies");
        }

        var t = (referenceMean - currentMean) / Math.Sqrt(a + b);
        var share = a / (a + b);
        var freedom = 1 / (share * share / (n - 1) + (1 - share) * (1 - share) / (m - 1));
        return TestResult.Of(t, 2 * Tails.Student(Math.Abs(t), freedom), n, m, "t", freedom);
    }

    /// <summary>
    /// The Mann-Whitney U test: U of the reference (pairs in which its value is larger, ties 1/2), p from the normal approximation with
    /// corrections for ties and continuity.
    /// </summary>
    /// <param name="reference">Finite values.</param>
    /// <param name="current">Finite values.</param>
    public static TestResult MannWhitney(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(1) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        var pool = pair.Pool();
        double n = pair.N,
            m = pair.M,
            total = n + m,
            rankSum = 0,
            ties = 0;
        for (var start = 0; start < pool.Total; )
        {
            var end = pool.EndOfTie(start);
            double tied = end - start;
            var midrank = (start + 1 + end) / 2.0;
            for (; start < end; start++)
                rankSum += pool.IsReference[start] ? midrank : 0;
            ties += tied * tied * tied - tied;
        }

        var u = rankSum - n * (n + 1) / 2;
        var variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
        if (!(variance > 0))
            return TestResult.Of(u, 1, pair.N, pair.M, "constant");
        var z = (Math.Max(u, n * m - u) - n * m / 2 - 0.5) / Math.Sqrt(variance);
        return TestResult.Of(u, Math.Min(1, 2 * Tails.Normal(z)), pair.N, pair.M, "normal");
    }

    /// <summary>
    /// The two-proportion z-test with pooled variance: z = (share of reference - share of current) / standard error.
    /// </summary>
    /// <param name="referenceSuccesses">Successes of the reference, 0 .. n.</param>
    /// <param name="n">Rows of the reference.</param>
    /// <param name="currentSuccesses">Successes of the current sample, 0 .. m.</param>
    /// <param name="m">Rows of the current sample.</param>
    public static TestResult TwoProportions(long referenceSuccesses, long n, long currentSuccesses, long m)
    {
        CheckSuccesses(referenceSuccesses, n, nameof(referenceSuccesses));
        CheckSuccesses(currentSuccesses, m, nameof(currentSuccesses));
        if (n == 0 || m == 0)
            return TestResult.Insufficient(n, m, "a side has no rows");
        var pooled = (double)(referenceSuccesses + currentSuccesses) / (n + m);
        var difference = (double)referenceSuccesses / n - (double)currentSuccesses / m;
        if (pooled is 0 or 1)
            return TestResult.Of(0, 1, n, m, "constant");
        var z = difference / Math.Sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / m));
        return TestResult.Of(z, Tails.NormalTwoSided(z), n, m, "normal");
    }

    /// <summary>
    /// The difference of two proportions, current minus reference, with Newcombe's (1998) interval from the two Wilson intervals.
    /// </summary>
    public static Estimate DifferenceOfProportions(long referenceSuccesses, long n, long currentSuccesses, long m)
    {
        CheckSuccesses(referenceSuccesses, n, nameof(referenceSuccesses));
        CheckSuccesses(currentSuccesses, m, nameof(currentSuccesses));
        if (n == 0 || m == 0)
            return Estimate.Insufficient(n, m, "a side has no rows");
        var (p, q) = ((double)referenceSuccesses / n, (double)currentSuccesses / m);
        var a = Wilson.Of(referenceSuccesses, n)!.Value;
        var b = Wilson.Of(currentSuccesses, m)!.Value;
        var difference = q - p;
        var down = Math.Sqrt((q - b.Lower) * (q - b.Lower) + (a.Upper - p) * (a.Upper - p));
        var up = Math.Sqrt((b.Upper - q) * (b.Upper - q) + (p - a.Lower) * (p - a.Lower));
        return Estimate.Of(difference, n, m).With(new Interval(Math.Max(-1, difference - down), Math.Min(1, difference + up)));
    }

    private static void CheckSuccesses(long successes, long rows, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (successes < 0 || successes > rows)
            throw new ArgumentOutOfRangeException(name, successes, "Must lie between 0 and the number of rows.");
    }
}

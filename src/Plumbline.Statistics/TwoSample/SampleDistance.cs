namespace Plumbline.Statistics.TwoSample;

/// <summary>Distances between two samples of a numeric feature, from the rows themselves. Values must be finite; O(N log N).</summary>
public static class SampleDistance
{
    /// <summary>Wasserstein-1 (earth mover's) distance: the integral of |F - G|, in the unit of the feature.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Estimate Wasserstein(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        return pair.TooFew(1) is { } reason
            ? Estimate.Insufficient(pair.N, pair.M, reason)
            : Estimate.Of(Integral(pair, static gap => Math.Abs(gap)), pair.N, pair.M);
    }

    /// <summary>
    /// Wasserstein-1 divided by the reference's standard deviation (divisor n): without unit. 0 when both samples are constant and equal;
    /// undefined for another constant reference.
    /// </summary>
    public static Estimate NormalisedWasserstein(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(1) is { } reason)
            return Estimate.Insufficient(pair.N, pair.M, reason);
        if (pair.IsOneConstant)
            return Estimate.Of(0, pair.N, pair.M);
        var (mean, squares) = Moments.Of(pair.Reference);
        _ = mean;
        return squares == 0 || pair.Reference[0] == pair.Reference[^1]
            ? Estimate.Undefined(pair.N, pair.M, "the reference is constant: there is no standard deviation to divide by")
            : Estimate.Of(Integral(pair, static gap => Math.Abs(gap)) / Math.Sqrt(squares / pair.N), pair.N, pair.M);
    }

    /// <summary>
    /// Energy distance of Szekely and Rizzo in SciPy's form, the square root: sqrt(2 * integral of (F - G)^2), in the square root of the
    /// feature's unit. Its square is 2 E|X - Y| - E|X - X'| - E|Y - Y'|.
    /// </summary>
    public static Estimate Energy(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        return pair.TooFew(1) is { } reason
            ? Estimate.Insufficient(pair.N, pair.M, reason)
            : Estimate.Of(Math.Sqrt(2 * Integral(pair, static gap => gap * gap)), pair.N, pair.M);
    }

    /// <summary>A permutation test of the Wasserstein distance, which has no p-value of its own.</summary>
    /// <param name="reference">Finite values.</param>
    /// <param name="current">Finite values.</param>
    /// <param name="random">Seeded source.</param>
    /// <param name="draws">Relabellings drawn (at least 99); all are enumerated when they are few.</param>
    public static TestResult WassersteinTest(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        RandomSource random,
        int draws = 999
    ) => Test(reference, current, static gap => Math.Abs(gap), random, draws);

    /// <summary>A permutation test of the squared energy distance.</summary>
    public static TestResult EnergyTest(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        RandomSource random,
        int draws = 999
    ) => Test(reference, current, static gap => 2 * gap * gap, random, draws);

    private static TestResult Test(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        Func<double, double> weight,
        RandomSource random,
        int draws
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(1) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        var (p, how) = Permutation.PValue(pair.Pool(), pool => OfPool(pool, weight), random, draws);
        return TestResult.Of(Integral(pair, weight), p, pair.N, pair.M, how);
    }

    private static double OfPool(PooledSample pool, Func<double, double> weight)
    {
        double f = 0,
            g = 0,
            sum = 0;
        for (var i = 0; i + 1 < pool.Total; i++)
        {
            if (pool.IsReference[i])
                f++;
            else
                g++;
            sum += weight(f / pool.ReferenceRows - g / pool.CurrentRows) * (pool.Values[i + 1] - pool.Values[i]);
        }

        return sum;
    }

    private static double Integral(SamplePair pair, Func<double, double> weight)
    {
        var (x, y) = (pair.Reference, pair.Current);
        double sum = 0,
            previous = Math.Min(x[0], y[0]);
        int i = 0,
            j = 0;
        while (i < x.Length || j < y.Length)
        {
            var value = j == y.Length || (i < x.Length && x[i] <= y[j]) ? x[i] : y[j];
            if (value > previous)
            {
                sum += weight((double)i / x.Length - (double)j / y.Length) * (value - previous);
                previous = value;
            }

            while (i < x.Length && x[i] == value)
                i++;
            while (j < y.Length && y[j] == value)
                j++;
        }

        return sum;
    }
}

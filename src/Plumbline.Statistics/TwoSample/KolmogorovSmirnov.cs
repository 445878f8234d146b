using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.TwoSample;

/// <summary>How a p-value is obtained.</summary>
public enum PValueMethod
{
    /// <summary>Exact where it is affordable, else asymptotic.</summary>
    Auto = 0,

    /// <summary>The exact distribution for samples without ties. With ties it is conservative.</summary>
    Exact = 1,

    /// <summary>The limit distribution.</summary>
    Asymptotic = 2,

    /// <summary>Relabelling; right for ties too. Needs a seeded source.</summary>
    Permutation = 3,
}

/// <summary>
/// The two-sample Kolmogorov-Smirnov test: D = sup |F - G| over the empirical distribution functions, ties processed together. D in [0, 1].
/// Time O(N log N) for D; the exact p adds O(n m) within the band |i/n - j/m| &lt; D.
/// </summary>
public static class KolmogorovSmirnov
{
    /// <summary>Above this size of the larger sample, <see cref="PValueMethod.Auto"/> is asymptotic.</summary>
    public const int ExactLimit = 10_000;

    /// <summary>Carries out the test.</summary>
    /// <param name="reference">Finite values in any order.</param>
    /// <param name="current">Finite values in any order.</param>
    /// <param name="method">How p is obtained.</param>
    /// <param name="random">Seeded source, needed for <see cref="PValueMethod.Permutation"/> only.</param>
    /// <param name="draws">Relabellings drawn, for <see cref="PValueMethod.Permutation"/> only.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static TestResult Test(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        PValueMethod method = PValueMethod.Auto,
        RandomSource? random = null,
        int draws = 999
    )
    {
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(1) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        if (method == PValueMethod.Permutation)
        {
            ArgumentNullException.ThrowIfNull(random);
            var pool = pair.Pool();
            var (p, how) = Permutation.PValue(pool, OfPool, random, draws);
            return TestResult.Of(OfPool(pool), p, pair.N, pair.M, how);
        }

        var scaled = ScaledDistance(pair);
        var distance = scaled / ((double)pair.N * pair.M);
        var exact = method == PValueMethod.Exact || (method == PValueMethod.Auto && Math.Max(pair.N, pair.M) <= ExactLimit);
        return exact
            ? TestResult.Of(distance, ExactTail(pair.N, pair.M, scaled), pair.N, pair.M, "exact")
            : TestResult.Of(distance, AsymptoticTail(distance, pair.N, pair.M), pair.N, pair.M, "asymptotic");
    }

    /// <summary>The statistic alone.</summary>
    public static Estimate Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        return pair.TooFew(1) is { } reason
            ? Estimate.Insufficient(pair.N, pair.M, reason)
            : Estimate.Of(ScaledDistance(pair) / ((double)pair.N * pair.M), pair.N, pair.M);
    }

    /// <summary>
    /// Robust distance as in Deequ: max(0, D - 1.8 sqrt((n + m) / (n m))), what is left of D after the noise of samples of this size. In
    /// [0, 1).
    /// </summary>
    public static Estimate RobustDistance(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var distance = Distance(reference, current);
        return distance.Value is { } d
            ? Estimate.Of(Math.Max(0, d - 1.8 * Math.Sqrt(1.0 / reference.Length + 1.0 / current.Length)), distance.N, distance.M)
            : distance;
    }

    /// <summary>P(D &gt;= distance) in the limit: Kolmogorov's law at D sqrt(n m / (n + m)).</summary>
    public static double AsymptoticTail(double distance, long n, long m) => Tails.Kolmogorov(distance * Math.Sqrt((double)n / (n + m) * m));

    /// <summary>
    /// The smallest D that an asymptotic test at level <paramref name="alpha"/> calls significant: sqrt(-ln(alpha / 2) / 2) sqrt((n + m) /
    /// (n m)).
    /// </summary>
    public static double DetectableDistance(long n, long m, double alpha = 0.05)
    {
        Require.OpenUnit(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        return Math.Sqrt(-Math.Log(alpha / 2) / 2) * Math.Sqrt(1.0 / n + 1.0 / m);
    }

    /// <summary>
    /// Share of the lattice paths from (0, 0) to (n, m) that touch |i m - j n| &gt;= <paramref name="scaled"/>. The recurrence runs on
    /// shares of paths that touched, so that small p-values keep their digits.
    /// </summary>
    internal static double ExactTail(int n, int m, long scaled)
    {
        if (scaled <= 0)
            return 1;
        if (n < m)
            (n, m) = (m, n);
        var touched = new double[m + 1];
        for (var i = 0; i <= n; i++)
        {
            // Inside the band: i m - scaled < j n < i m + scaled; outside every path has touched.
            var low = Math.Max(0, FloorDivide((long)i * m - scaled, n) + 1);
            var high = Math.Min(m, CeilingDivide((long)i * m + scaled, n) - 1);
            if (low > 0)
                touched[low - 1] = 1;
            for (var j = (int)low; j <= (int)high; j++)
            {
                if (i == 0 && j == 0)
                {
                    touched[0] = 0;
                    continue;
                }

                var fromLeft = j > 0 ? touched[j - 1] : 0;
                // Row i - 1: a cell above its band has not been written yet in that row, and counts as touched.
                var fromBelow = i > 0 ? touched[j] : 0;
                touched[j] = (i * fromBelow + j * fromLeft) / (i + j);
            }

            for (var j = (int)high + 1; j <= m; j++)
            {
                if (touched[j] == 1)
                    break;
                touched[j] = 1;
            }
        }

        return touched[m];
    }

    private static double OfPool(PooledSample pool)
    {
        double f = 0,
            g = 0,
            largest = 0;
        for (var start = 0; start < pool.Total; )
        {
            var end = pool.EndOfTie(start);
            for (; start < end; start++)
            {
                if (pool.IsReference[start])
                    f++;
                else
                    g++;
            }

            largest = Math.Max(largest, Math.Abs(f / pool.ReferenceRows - g / pool.CurrentRows));
        }

        return largest;
    }

    // max |i m - j n| in whole numbers: exact, whatever the sizes.
    private static long ScaledDistance(SamplePair pair)
    {
        var x = pair.Reference;
        var y = pair.Current;
        long i = 0,
            j = 0,
            largest = 0;
        while (i < x.Length && j < y.Length)
        {
            var value = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] == value)
                i++;
            while (j < y.Length && y[j] == value)
                j++;
            largest = Math.Max(largest, Math.Abs(i * y.Length - j * x.Length));
        }

        return largest;
    }

    private static long FloorDivide(long value, long divisor) => value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);

    private static long CeilingDivide(long value, long divisor) => -FloorDivide(-value, divisor);
}

using MathNet.Numerics;

namespace Plumbline.Statistics.TwoSample;

/// <summary>
/// The two-sample Cramer-von Mises test (Anderson 1962): T = U / (n m N) - (4 n m - 1) / (6 N) from the midranks of both samples.
/// </summary>
public static class CramerVonMises
{
    /// <summary>Above this size of the larger sample, <see cref="PValueMethod.Auto"/> is asymptotic.</summary>
    public const int ExactLimit = 20;

    /// <summary>Carries out the test. <see cref="PValueMethod.Exact"/> ignores ties and takes at most 20 rows a side.</summary>
    /// <param name="reference">Finite values in any order, at least 2.</param>
    /// <param name="current">Finite values in any order, at least 2.</param>
    /// <param name="method">How p is obtained.</param>
    /// <param name="random">Seeded source, needed for <see cref="PValueMethod.Permutation"/> only.</param>
    /// <param name="draws">Relabellings drawn, for <see cref="PValueMethod.Permutation"/> only.</param>
    public static TestResult Test(
        ReadOnlySpan<double> reference,
        ReadOnlySpan<double> current,
        PValueMethod method = PValueMethod.Auto,
        RandomSource? random = null,
        int draws = 999
    )
    {
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(2) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        var pool = pair.Pool();
        var statistic = OfPool(pool);
        var larger = Math.Max(pair.N, pair.M);
        if (method == PValueMethod.Exact && larger > ExactLimit)
            throw new ArgumentException($"The exact distribution is offered up to {ExactLimit} rows a side.", nameof(method));
        if (method == PValueMethod.Permutation)
        {
            ArgumentNullException.ThrowIfNull(random);
            var (p, how) = Permutation.PValue(pool, OfPool, random, draws);
            return TestResult.Of(statistic, p, pair.N, pair.M, how);
        }

        return method == PValueMethod.Exact || (method == PValueMethod.Auto && larger <= ExactLimit)
            ? TestResult.Of(statistic, ExactTail(statistic, pair.N, pair.M), pair.N, pair.M, "exact")
            : TestResult.Of(statistic, AsymptoticTail(statistic, pair.N, pair.M), pair.N, pair.M, "asymptotic");
    }

    /// <summary>
    /// P(omega^2 &gt; x) of the limit law: one minus the series of Anderson and Darling (1952) in Bessel functions K of order 1/4.
    /// </summary>
    internal static double LimitTail(double x)
    {
        if (x < 0.003)
            return 1;
        var sum = 0.0;
        for (var k = 0; k < 60; k++)
        {
            var y = 4 * k + 1;
            var q = y * y / (16 * x);
            var weight =
                Math.Exp(SpecialFunctions.GammaLn(k + 0.5) - SpecialFunctions.GammaLn(k + 1)) / (Math.Pow(Math.PI, 1.5) * Math.Sqrt(x));
            var term = q > 340 ? 0 : weight * Math.Sqrt(y) * Math.Exp(-q) * SpecialFunctions.BesselK(0.25, q);
            sum += term;
            if (term < 1e-17)
                break;
        }

        return Math.Clamp(1 - sum, 0, 1);
    }

    private static double OfPool(PooledSample pool)
    {
        double n = pool.ReferenceRows,
            m = pool.CurrentRows,
            total = pool.Total;
        double i = 0,
            j = 0,
            ofReference = 0,
            ofCurrent = 0;
        for (var start = 0; start < pool.Total; )
        {
            var end = pool.EndOfTie(start);
            var midrank = (start + 1 + end) / 2.0;
            for (; start < end; start++)
            {
                if (pool.IsReference[start])
                {
                    var difference = midrank - ++i;
                    ofReference += difference * difference;
                }
                else
                {
                    var difference = midrank - ++j;
                    ofCurrent += difference * difference;
                }
            }
        }

        var u = n * ofReference + m * ofCurrent;
        return u / (n * m * total) - (4 * n * m - 1) / (6 * total);
    }

    private static double AsymptoticTail(double statistic, double n, double m)
    {
        var total = n + m;
        var mean = (1 + 1 / total) / 6;
        var variance = (total + 1) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m) / (45 * total * total * 4 * n * m);
        return LimitTail(1.0 / 6 + (statistic - mean) / Math.Sqrt(45 * variance));
    }

    // Without ties T = sum over the points of the lattice path of (i m - j n)^2 / (n m N^2): count paths by that sum.
    private static double ExactTail(double statistic, int n, int m)
    {
        var divisor = (int)Euclid.GreatestCommonDivisor(n, m);
        var stepsN = n / divisor;
        var stepsM = m / divisor;
        double total = n + m;
        var observed = (long)Math.Floor(statistic * n * m * total * total / ((double)divisor * divisor) + 1e-6);
        var row = new Dictionary<long, double>[m + 1];
        for (var i = 0; i <= n; i++)
        {
            for (var j = 0; j <= m; j++)
            {
                var gap = (long)i * stepsM - (long)j * stepsN;
                var here = new Dictionary<long, double>();
                if (i == 0 && j == 0)
                    here[0] = 1;
                if (j > 0)
                    Move(row[j - 1], here, gap * gap, j / (double)(i + j));
                if (i > 0)
                    Move(row[j], here, gap * gap, i / (double)(i + j));
                row[j] = here;
            }
        }

        var tail = 0.0;
        foreach (var (sum, share) in row[m])
            tail += sum >= observed ? share : 0;
        return tail;
    }

    private static void Move(Dictionary<long, double> from, Dictionary<long, double> to, long added, double share)
    {
        foreach (var (sum, weight) in from)
        {
            ref var target = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(to, sum + added, out _);
            target += weight * share;
        }
    }
}

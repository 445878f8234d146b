namespace Plumbline.Statistics.TwoSample;

/// <summary>
/// The two-sample Anderson-Darling test (Scholz and Stephens 1987), midrank version for ties, standardised: mean 0 and variance 1 under the
/// null.
/// </summary>
public static class AndersonDarling
{
    // Scholz and Stephens' table 2: critical value = b0 + b1 / sqrt(k - 1) + b2 / (k - 1), here k = 2.
    private static readonly double[] Critical = [0.325, 1.226, 1.961, 2.718, 3.752, 4.592, 6.546];
    private static readonly double[] Levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
    private static readonly double[] LogLevelFit = FitQuadratic();

    /// <summary>
    /// Carries out the test. The p-value without permutation is interpolated in the published table (a quadratic of ln p) and known only
    /// inside [0.001, 0.25]: at an end it means "at most" or "at least". Use <see cref="PValueMethod.Permutation"/> outside.
    /// <see cref="PValueMethod.Exact"/> is not offered.
    /// </summary>
    /// <param name="reference">Finite values in any order.</param>
    /// <param name="current">Finite values in any order; together at least 4 rows and 2 distinct values.</param>
    /// <param name="method">Auto or Asymptotic: the table; Permutation.</param>
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
        if (method == PValueMethod.Exact)
            throw new ArgumentException("There is no exact distribution; use a permutation.", nameof(method));
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(1) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        if (pair.N + pair.M < 4)
            return TestResult.Insufficient(pair.N, pair.M, "four rows are needed together");
        if (pair.IsOneConstant)
            return TestResult.Of(0, 1, pair.N, pair.M, "constant");
        var pool = pair.Pool();
        var statistic = Standardise(OfPool(pool), pair.N, pair.M);
        if (method != PValueMethod.Permutation)
            return TestResult.Of(statistic, FromTable(statistic), pair.N, pair.M, "table, within [0.001, 0.25]");
        ArgumentNullException.ThrowIfNull(random);
        var (p, how) = Permutation.PValue(pool, OfPool, random, draws);
        return TestResult.Of(statistic, p, pair.N, pair.M, how);
    }

    private static double OfPool(PooledSample pool)
    {
        double n = pool.ReferenceRows,
            m = pool.CurrentRows,
            total = pool.Total;
        double before = 0,
            referenceBefore = 0,
            sumReference = 0,
            sumCurrent = 0;
        for (var start = 0; start < pool.Total; )
        {
            var end = pool.EndOfTie(start);
            double tied = end - start,
                ofReference = 0;
            for (; start < end; start++)
                ofReference += pool.IsReference[start] ? 1 : 0;
            var rank = before + tied / 2;
            var rankReference = referenceBefore + ofReference / 2;
            var rankCurrent = rank - rankReference;
            var denominator = rank * (total - rank) - total * tied / 4;
            var x = total * rankReference - rank * n;
            var y = total * rankCurrent - rank * m;
            sumReference += tied / total * x * x / denominator;
            sumCurrent += tied / total * y * y / denominator;
            before += tied;
            referenceBefore += ofReference;
        }

        return (sumReference / n + sumCurrent / m) * (total - 1) / total;
    }

    private static double Standardise(double statistic, double n, double m)
    {
        var total = n + m;
        double harmonic = 0,
            nested = 0;
        for (var i = 1; i < total - 1; i++)
        {
            // sum over i < j of 1 / ((N - i) j), built from the inside.
            harmonic += 1 / (total - i);
            nested += harmonic / (i + 1);
        }

        harmonic += 1;
        var inverse = 1 / n + 1 / m;
        var (h, g) = (harmonic, nested);
        var a = 4 * g - 6 + (10 - 6 * g) * inverse;
        var b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
        var c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h;
        var d = (2 * h + 6) * 4 - 8 * h;
        var variance = (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3));
        return (statistic - 1) / Math.Sqrt(variance);
    }

    private static double FromTable(double statistic)
    {
        if (statistic < Critical[0])
            return 0.25;
        if (statistic > Critical[^1])
            return 0.001;
        return Math.Exp(LogLevelFit[0] + statistic * (LogLevelFit[1] + statistic * LogLevelFit[2]));
    }

    private static double[] FitQuadratic() => MathNet.Numerics.Fit.Polynomial(Critical, [.. Levels.Select(level => Math.Log(level))], 2);
}

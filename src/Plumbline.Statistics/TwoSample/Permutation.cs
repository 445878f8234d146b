namespace Plumbline.Statistics.TwoSample;

/// <summary>
/// Permutation p-values: how often a random relabelling of the pooled rows gives a statistic at least as large. All relabellings are
/// enumerated when there are at most 20,000 of them, else they are drawn and p = (1 + hits) / (1 + draws), which is valid and never 0.
/// </summary>
internal static class Permutation
{
    private const double EnumerationLimit = 20_000;

    public static (double PValue, string Method) PValue(
        PooledSample pool,
        Func<PooledSample, double> statistic,
        RandomSource random,
        int draws
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 99);
        var observed = statistic(pool);
        // Relabellings that tie with the observed one must count although their sums round differently.
        var threshold = observed - 1e-10 * Math.Max(1e-3, Math.Abs(observed));
        if (Relabellings(pool.Total, pool.ReferenceRows) <= EnumerationLimit)
            return (Enumerate(pool, statistic, threshold), "permutation, all");
        var labels = (bool[])pool.IsReference.Clone();
        var relabelled = pool with { IsReference = labels };
        var hits = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            random.Shuffle(labels.AsSpan());
            if (statistic(relabelled) >= threshold)
                hits++;
        }

        return ((1.0 + hits) / (1.0 + draws), "permutation");
    }

    private static double Relabellings(int total, int chosen)
    {
        var product = 1.0;
        for (var i = 1; i <= Math.Min(chosen, total - chosen) && product <= EnumerationLimit; i++)
            product = product * (total - i + 1) / i;
        return product;
    }

    private static double Enumerate(PooledSample pool, Func<PooledSample, double> statistic, double threshold)
    {
        var n = pool.ReferenceRows;
        var chosen = new int[n];
        for (var i = 0; i < n; i++)
            chosen[i] = i;
        long hits = 0,
            all = 0;
        var labels = new bool[pool.Total];
        var relabelled = pool with { IsReference = labels };
        while (true)
        {
            Array.Clear(labels);
            foreach (var row in chosen)
                labels[row] = true;
            all++;
            if (statistic(relabelled) >= threshold)
                hits++;
            var move = n - 1;
            while (move >= 0 && chosen[move] == pool.Total - n + move)
                move--;
            if (move < 0)
                return (double)hits / all;
            chosen[move]++;
            for (var i = move + 1; i < n; i++)
                chosen[i] = chosen[i - 1] + 1;
        }
    }
}

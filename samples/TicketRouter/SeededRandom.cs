namespace TicketRouter;

/// <summary>
/// A small generator (xorshift128+ seeded through SplitMix64) whose stream depends on its seed only: not on the runtime's version, the
/// platform or the order in which streams are used. Each hour of traffic has its own stream, so any part of the history can be made alone.
/// </summary>
public sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;

    /// <summary>A stream for a purpose (any number) and a position in it (an hour, a second) under one seed.</summary>
    public SeededRandom(long seed, long purpose = 0, long position = 0)
    {
        var state = Mix((ulong)seed) ^ Mix((ulong)purpose + 0x51ED2700UL);
        state = Mix(state ^ (ulong)position);
        _a = Mix(state + 1);
        _b = Mix(state + 2) | 1;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Next()
    {
        var x = _a;
        var y = _b;
        _a = y;
        x ^= x << 23;
        _b = x ^ y ^ (x >> 17) ^ (y >> 26);
        return ((_b + y) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in 0 .. <paramref name="count"/>-1.</summary>
    public int Next(int count) => (int)(Next() * count);

    public bool Chance(double probability) => Next() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>The index of one weight, with probability proportional to it.</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var rest = Next() * total;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            rest -= weights[i];
            if (rest < 0)
                return i;
        }

        return weights.Length - 1;
    }

    /// <summary>Standard normal (Box-Muller; the second value is thrown away, which keeps the number of draws per call fixed).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    /// <summary>Poisson: by multiplication below a mean of 30, else the rounded normal approximation.</summary>
    public int Poisson(double mean)
    {
        if (mean <= 0)
            return 0;
        if (mean >= 30)
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        var limit = Math.Exp(-mean);
        var count = -1;
        for (var product = 1.0; product > limit; count++)
            product *= Next();
        return Math.Max(0, count);
    }

    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}

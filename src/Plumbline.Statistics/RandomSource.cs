using System.Numerics;
using MathNet.Numerics;

namespace Plumbline.Statistics;

/// <summary>
/// A seeded stream of pseudo-random numbers: the same seed gives the same numbers on every machine and .NET version
/// (<see cref="System.Random"/> promises that for neither). Generator: xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64.
/// Not for secrets. Not safe for concurrent use: give every task its own.
/// </summary>
public sealed class RandomSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareGaussian = double.NaN;

    /// <summary>Starts the stream of <paramref name="seed"/>.</summary>
    public RandomSource(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform integer in [0, <paramref name="exclusiveMaximum"/>), without modulo bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMaximum"/> is not positive.</exception>
    public int NextInt(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        var range = (uint)exclusiveMaximum;
        var product = (ulong)(uint)NextUInt64() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold)
                product = (ulong)(uint)NextUInt64() * range;
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal (polar method of Marsaglia).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            var spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }

        double u,
            v,
            square;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            square = u * u + v * v;
        } while (square >= 1 || square == 0);

        var factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _spareGaussian = v * factor;
        return u * factor;
    }

    /// <summary>
    /// Poisson with a mean in [0, 1e15]; beyond a mean of 500 the rounded normal approximation, whose error is far below that of any use
    /// here.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The mean is negative or too large.</exception>
    public double NextPoisson(double mean)
    {
        if (!(mean >= 0 && mean <= 1e15))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "Must lie between 0 and 1e15.");
        if (mean > 500)
            return Math.Max(0, Math.Round(mean + Math.Sqrt(mean) * NextGaussian()));
        // Knuth's product of uniforms in steps of at most 30, since e^-mean underflows for large means.
        var events = 0.0;
        while (mean > 0)
        {
            var part = Math.Min(30, mean);
            mean -= part;
            var limit = Math.Exp(-part);
            for (var product = NextDouble(); product > limit; product *= NextDouble())
                events++;
        }

        return events;
    }

    /// <summary>
    /// Binomial: successes in <paramref name="trials"/>. Exact: counting geometric gaps while fewer than ten successes are expected, else
    /// transformed rejection (BTRS, Hormann 1993).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Trials are negative or the probability is outside [0, 1].</exception>
    public long NextBinomial(long trials, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        Require.Probability(probability);
        if (probability > 0.5)
            return trials - NextBinomial(trials, 1 - probability);
        if (trials == 0 || probability == 0)
            return 0;
        return trials * probability < 10 ? BinomialByGaps(trials, probability) : BinomialByRejection(trials, probability);
    }

    /// <summary>A new stream that does not overlap with this one in practice: for work that is split up.</summary>
    public RandomSource Fork() => new(NextUInt64());

    /// <summary>Puts <paramref name="items"/> in uniformly random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private long BinomialByGaps(long trials, double probability)
    {
        var perTrial = Math.Log(1 - probability);
        long successes = 0;
        var position = 0.0;
        while (true)
        {
            position += Math.Floor(Math.Log(1 - NextDouble()) / perTrial) + 1;
            if (position > trials)
                return successes;
            successes++;
        }
    }

    private long BinomialByRejection(long trials, double probability)
    {
        var deviation = Math.Sqrt(trials * probability * (1 - probability));
        var b = 1.15 + 2.53 * deviation;
        var a = -0.0873 + 0.0248 * b + 0.01 * probability;
        var c = trials * probability + 0.5;
        var inner = 0.92 - 4.2 / b;
        var alpha = (2.83 + 5.1 / b) * deviation;
        var odds = Math.Log(probability / (1 - probability));
        var mode = Math.Floor((trials + 1) * probability);
        var height = double.NaN;
        while (true)
        {
            var u = NextDouble() - 0.5;
            var v = 1 - NextDouble();
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + c);
            if (us >= 0.07 && v <= inner)
                return (long)k;
            if (k < 0 || k > trials)
                continue;
            if (double.IsNaN(height))
                height = SpecialFunctions.GammaLn(mode + 1) + SpecialFunctions.GammaLn(trials - mode + 1);
            var accept = height - SpecialFunctions.GammaLn(k + 1) - SpecialFunctions.GammaLn(trials - k + 1) + (k - mode) * odds;
            if (Math.Log(v * alpha / (a / (us * us) + b)) <= accept)
                return (long)k;
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

using System.Numerics;

namespace Plumbline.Statistics.Distances;

/// <summary>The base of the logarithm, hence the unit, of an information distance.</summary>
public enum LogarithmBase
{
    /// <summary>Bits; Jensen-Shannon distance and divergence then lie in [0, 1].</summary>
    Two = 0,

    /// <summary>Nats.</summary>
    E = 1,
}

/// <summary>
/// Distances between two rows of counts over the same bins: a reference (shares P) and a current sample (shares Q). Counts may be
/// <c>ulong</c>, <c>long</c>, <c>int</c> or <c>double</c> (weights). No method allocates.
/// An empty side gives <see cref="EstimateStatus.InsufficientData"/>. Different lengths, no bins, and negative or non-finite counts are an
/// <see cref="ArgumentException"/> that names the argument. Two samples of one law have distances above 0: compare with a null expectation.
/// </summary>
public static class BinnedDistance
{
    /// <summary>
    /// Population stability index: sum of (Q - P) ln(Q / P) = KL(P||Q) + KL(Q||P). Symmetric, in nats, &gt;= 0, unbounded.
    /// Under no drift PSI / (1/n + 1/m) is about chi-square with B - 1 degrees of freedom (Yurdakul and Naranjo 2020).
    /// </summary>
    public static Estimate PopulationStability<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current, Smoothing smoothing = default)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var p = smoothing.Share(double.CreateChecked(reference[i]), totals.Reference, reference.Length);
            var q = smoothing.Share(double.CreateChecked(current[i]), totals.Current, reference.Length);
            if (p == q)
                continue;
            if (p == 0 || q == 0)
                return EmptyBin(totals, i);
            sum += (q - p) * Math.Log(q / p);
        }

        return Estimate.Of(sum, totals.N, totals.M);
    }

    /// <summary>
    /// Kullback-Leibler divergence KL(reference || current) = sum of P ln(P / Q), in nats, unbounded. Not symmetric: exchange the arguments
    /// for the other direction. With <see cref="Smoothing.None"/> undefined when the current sample lacks a bin of the reference.
    /// </summary>
    public static Estimate KullbackLeibler<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current, Smoothing smoothing = default)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var p = smoothing.Share(double.CreateChecked(reference[i]), totals.Reference, reference.Length);
            var q = smoothing.Share(double.CreateChecked(current[i]), totals.Current, reference.Length);
            if (p == 0)
                continue;
            if (q == 0)
                return EmptyBin(totals, i);
            sum += p * Math.Log(p / q);
        }

        return Estimate.Of(sum, totals.N, totals.M);
    }

    /// <summary>
    /// Jensen-Shannon divergence: the mean of KL(P||M) and KL(Q||M) with M = (P + Q) / 2. Symmetric; [0, 1] in bits, [0, ln 2] in nats.
    /// Needs no smoothing.
    /// </summary>
    public static Estimate JensenShannonDivergence<T>(
        ReadOnlySpan<T> reference,
        ReadOnlySpan<T> current,
        LogarithmBase logarithm = LogarithmBase.Two
    )
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        return totals.IsComparable ? Estimate.Of(Divergence(reference, current, totals, logarithm), totals.N, totals.M) : totals.Missing();
    }

    /// <summary>
    /// Jensen-Shannon distance: the square root of the divergence, a metric (Endres and Schindelin 2003). [0, 1] in base 2.
    /// </summary>
    public static Estimate JensenShannonDistance<T>(
        ReadOnlySpan<T> reference,
        ReadOnlySpan<T> current,
        LogarithmBase logarithm = LogarithmBase.Two
    )
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        return totals.IsComparable
            ? Estimate.Of(Math.Sqrt(Divergence(reference, current, totals, logarithm)), totals.N, totals.M)
            : totals.Missing();
    }

    /// <summary>Hellinger distance: ||sqrt P - sqrt Q|| / sqrt 2, a metric in [0, 1].</summary>
    public static Estimate Hellinger<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        // The sum of squared differences, not 1 - sum sqrt(PQ): the latter loses all digits when P and Q are close.
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var difference =
                Math.Sqrt(double.CreateChecked(reference[i]) / totals.Reference)
                - Math.Sqrt(double.CreateChecked(current[i]) / totals.Current);
            sum += difference * difference;
        }

        return Estimate.Of(Math.Min(1, Math.Sqrt(sum / 2)), totals.N, totals.M);
    }

    /// <summary>Total variation: half the sum of |P - Q|, a metric in [0, 1].</summary>
    public static Estimate TotalVariation<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
            sum += Math.Abs(double.CreateChecked(reference[i]) / totals.Reference - double.CreateChecked(current[i]) / totals.Current);
        return Estimate.Of(Math.Min(1, sum / 2), totals.N, totals.M);
    }

    /// <summary>L-infinity: the largest |P - Q| of any bin, in [0, 1].</summary>
    public static Estimate LInfinity<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        return totals.IsComparable ? Estimate.Of(LargestDifference(reference, current, totals), totals.N, totals.M) : totals.Missing();
    }

    /// <summary>
    /// Robust L-infinity as in Deequ: max(0, D - 1.8 sqrt((n + m) / (n m))), D the largest |P - Q|: what is left after the noise of samples
    /// of this size. In [0, 1).
    /// </summary>
    public static Estimate RobustLInfinity<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var noise = 1.8 * Math.Sqrt((totals.Reference + totals.Current) / (totals.Reference * totals.Current));
        return Estimate.Of(Math.Max(0, LargestDifference(reference, current, totals) - noise), totals.N, totals.M);
    }

    private static double LargestDifference<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current, BinTotals totals)
        where T : struct, INumberBase<T>
    {
        var largest = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            largest = Math.Max(
                largest,
                Math.Abs(double.CreateChecked(reference[i]) / totals.Reference - double.CreateChecked(current[i]) / totals.Current)
            );
        }

        return largest;
    }

    private static double Divergence<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current, BinTotals totals, LogarithmBase logarithm)
        where T : struct, INumberBase<T>
    {
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var p = double.CreateChecked(reference[i]) / totals.Reference;
            var q = double.CreateChecked(current[i]) / totals.Current;
            var mean = (p + q) / 2;
            if (p > 0)
                sum += p * Math.Log(p / mean);
            if (q > 0)
                sum += q * Math.Log(q / mean);
        }

        // Rounding may leave -1e-17 for equal shares; a square root must not see it.
        var nats = Math.Max(0, sum / 2);
        return logarithm == LogarithmBase.Two ? Math.Min(1, nats / Math.Log(2)) : nats;
    }

    private static Estimate EmptyBin(BinTotals totals, int bin) =>
        Estimate.Undefined(totals.N, totals.M, $"bin {bin} is empty on one side: choose a smoothing");
}

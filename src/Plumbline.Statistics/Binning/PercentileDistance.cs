using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Binning;

/// <summary>
/// Distances between numeric profiles: counts over the same edges, with the smallest and largest value of each side. Every result states how
/// far the value of the rows themselves can be away (<c>ErrorBound</c>), because a profile has lost the positions inside the bins.
/// </summary>
public static class PercentileDistance
{
    /// <summary>
    /// Kolmogorov-Smirnov: max |F - G| over the edges. A lower bound of the exact D, which lies within the result's error bound above it. The p-value is the
    /// asymptotic one and, resting on a lower bound of D, not below the p of the rows; null where D cannot be judged.
    /// </summary>
    /// <param name="reference">Counts of the reference, edges + 1 bins.</param>
    /// <param name="current">Counts of the current sample in the same bins.</param>
    public static TestResult KolmogorovSmirnov(ReadOnlySpan<ulong> reference, ReadOnlySpan<ulong> current)
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.MissingTest();
        double distance = 0, worst = 0, f = 0, g = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var fNext = i == reference.Length - 1 ? 1 : f + reference[i] / totals.Reference;
            var gNext = i == reference.Length - 1 ? 1 : g + current[i] / totals.Current;
            distance = Math.Max(distance, Math.Abs(fNext - gNext));
            // Inside a bin one CDF may rise fully before the other starts.
            worst = Math.Max(worst, Math.Max(fNext - g, gNext - f));
            (f, g) = (fNext, gNext);
        }

        var scale = Math.Sqrt(totals.Reference / (totals.Reference + totals.Current) * totals.Current);
        return TestResult.Of(distance, Tails.Kolmogorov(distance * scale), totals.N, totals.M, "asymptotic, binned").WithErrorBound(Math.Max(0, worst - distance));
    }

    /// <summary>
    /// Wasserstein-1: the area between the two CDFs, linear inside the bins, the end bins reaching to the smaller minimum and the larger maximum, divided by the
    /// reference's standard deviation. 0 when both are constant and equal; undefined for another constant reference.
    /// </summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="reference">Counts and range of the reference.</param>
    /// <param name="current">Counts and range of the current sample.</param>
    /// <param name="referenceStandardDeviation">Standard deviation (divisor n) of the reference; 1 gives the area in the feature's unit.</param>
    public static Estimate Wasserstein(ReadOnlySpan<double> edges, NumericBins reference, NumericBins current, double referenceStandardDeviation)
    {
        BinCounts.Ascending(edges);
        Require.SameLength(edges.Length + 1, reference.Counts.Length, nameof(reference));
        if (!(referenceStandardDeviation >= 0 && double.IsFinite(referenceStandardDeviation)))
            throw new ArgumentOutOfRangeException(nameof(referenceStandardDeviation), referenceStandardDeviation, "Must be finite and not negative.");
        var totals = BinTotals.Of(reference.Counts, current.Counts);
        if (!totals.IsComparable)
            return totals.Missing();
        var low = Math.Min(reference.Minimum, current.Minimum);
        var high = Math.Max(reference.Maximum, current.Maximum);
        if (!double.IsFinite(low) || !double.IsFinite(high))
            return Estimate.Undefined(totals.N, totals.M, "the range of a side is not known");
        if (low == high)
            return Estimate.Of(0, totals.N, totals.M).WithErrorBound(0);
        if (referenceStandardDeviation == 0)
            return Estimate.Undefined(totals.N, totals.M, "the reference is constant: there is no standard deviation to divide by");
        var (area, bound) = Area(edges, reference.Counts, current.Counts, totals, low, high);
        return Estimate.Of(area / referenceStandardDeviation, totals.N, totals.M).WithErrorBound(bound / referenceStandardDeviation);
    }

    /// <summary>
    /// A quantile read from a profile: linear inside its bin, the end bins reaching to minimum and maximum. The error bound is the width to the far end of the bin.
    /// </summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="bins">Counts and range.</param>
    /// <param name="probability">In [0, 1].</param>
    public static Estimate QuantileOf(ReadOnlySpan<double> edges, NumericBins bins, double probability)
    {
        BinCounts.Ascending(edges);
        Require.SameLength(edges.Length + 1, bins.Counts.Length, nameof(bins));
        Require.Probability(probability);
        var total = 0.0;
        foreach (var count in bins.Counts)
            total += count;
        var n = (long)total;
        if (n == 0)
            return Estimate.Insufficient(0, null, "no rows");
        if (!double.IsFinite(bins.Minimum) || !double.IsFinite(bins.Maximum))
            return Estimate.Undefined(n, null, "the range is not known");
        var wanted = probability * total;
        var below = 0.0;
        for (var i = 0; i < bins.Counts.Length; i++)
        {
            if (bins.Counts[i] == 0 || (below + bins.Counts[i] < wanted && below + bins.Counts[i] < total))
            {
                below += bins.Counts[i];
                continue;
            }

            var left = i == 0 ? bins.Minimum : Math.Max(edges[i - 1], bins.Minimum);
            var right = i == edges.Length ? bins.Maximum : Math.Min(edges[i], bins.Maximum);
            right = Math.Max(left, right);
            var value = left + (right - left) * Math.Clamp((wanted - below) / bins.Counts[i], 0, 1);
            return Estimate.Of(value, n).WithErrorBound(Math.Max(value - left, right - value));
        }

        return Estimate.Of(bins.Maximum, n).WithErrorBound(0);
    }

    private static (double Area, double Bound) Area(
        ReadOnlySpan<double> edges, ReadOnlySpan<ulong> reference, ReadOnlySpan<ulong> current, BinTotals totals, double low, double high)
    {
        double area = 0, bound = 0, difference = 0;
        for (var i = 0; i <= edges.Length; i++)
        {
            var left = i == 0 ? low : Math.Clamp(edges[i - 1], low, high);
            var right = i == edges.Length ? high : Math.Clamp(edges[i], low, high);
            var width = Math.Max(0, right - left);
            var p = reference[i] / totals.Reference;
            var q = current[i] / totals.Current;
            var next = i == edges.Length ? 0 : difference + p - q;
            area += width * MeanAbsolute(difference, next);
            // The rows of a bin may all sit at one end: half a width away from the spread that was assumed.
            bound += width * (p + q) / 2;
            difference = next;
        }

        return (area, bound);
    }

    // Mean of |a + (b - a) t| over t in [0, 1].
    private static double MeanAbsolute(double a, double b) => a * b >= 0
        ? (Math.Abs(a) + Math.Abs(b)) / 2
        : (a * a + b * b) / (2 * Math.Abs(b - a));
}

/// <summary>The counts of one side over common edges, with its smallest and largest value.</summary>
public readonly ref struct NumericBins
{
    /// <summary>Counts (edges + 1) and the range of the values in them.</summary>
    public NumericBins(ReadOnlySpan<ulong> counts, double minimum, double maximum)
    {
        Counts = counts;
        Minimum = minimum;
        Maximum = maximum;
    }

    /// <summary>Rows per bin.</summary>
    public ReadOnlySpan<ulong> Counts { get; }

    /// <summary>Smallest value.</summary>
    public double Minimum { get; }

    /// <summary>Largest value.</summary>
    public double Maximum { get; }
}

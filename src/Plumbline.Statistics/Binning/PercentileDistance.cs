using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Binning;

/// <summary>
/// Distances between numeric profiles: counts over the same edges, with the smallest and largest value of each side. Every result states
/// how far the value of the rows themselves can be away (<c>ErrorBound</c>), because a profile has lost the positions inside the bins.
/// </summary>
public static class PercentileDistance
{
    // 40 bytes each.
    private const int PiecesOnStack = 512;

    /// <summary>
    /// Kolmogorov-Smirnov: max |F - G| over the edges. A lower bound of the exact D, which lies within the result's error bound above it;
    /// exact (bound 0) when no bin that both sides occupy has any width, as for a reference of few different values. The p-value is the
    /// asymptotic one and, resting on a lower bound of D, not below the p of the rows; null where D cannot be judged.
    /// </summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="reference">Counts of the reference, edges + 1 bins.</param>
    /// <param name="current">Counts of the current sample in the same bins.</param>
    public static TestResult KolmogorovSmirnov(ReadOnlySpan<double> edges, ReadOnlySpan<ulong> reference, ReadOnlySpan<ulong> current)
    {
        BinCounts.Ascending(edges);
        Require.SameLength(edges.Length + 1, reference.Length, nameof(reference));
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.MissingTest();
        double distance = 0,
            worst = 0,
            f = 0,
            g = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var fNext = i == reference.Length - 1 ? 1 : f + reference[i] / totals.Reference;
            var gNext = i == reference.Length - 1 ? 1 : g + current[i] / totals.Current;
            distance = Math.Max(distance, Math.Abs(fNext - gNext));
            // Inside a bin one CDF may rise fully before the other starts, unless only one rises or all its values are one.
            if (reference[i] > 0 && current[i] > 0 && !PercentileEdges.IsAtom(edges, i))
                worst = Math.Max(worst, Math.Max(fNext - g, gNext - f));
            (f, g) = (fNext, gNext);
        }

        var scale = Math.Sqrt(totals.Reference / (totals.Reference + totals.Current) * totals.Current);
        return TestResult
            .Of(distance, Tails.Kolmogorov(distance * scale), totals.N, totals.M, "asymptotic, binned")
            .WithErrorBound(Math.Max(0, worst - distance));
    }

    /// <summary>
    /// Wasserstein-1: the area between the two CDFs divided by the reference's standard deviation. Inside a bin a CDF is linear, between
    /// the side's own smallest and largest value, about where the known sum of the side's values puts the bin's mean; so it is exact where
    /// each side has at most one bin of more than one value and the CDFs do not cross in it. 0 when both are constant and equal; undefined
    /// for another constant reference.
    /// </summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="reference">Counts, range and sum of the reference.</param>
    /// <param name="current">Counts, range and sum of the current sample.</param>
    /// <param name="referenceStandardDeviation">
    /// Standard deviation (divisor n) of the reference; 1 gives the area in the feature's unit. Not finite (values too large to be
    /// squared): undefined.
    /// </param>
    public static Estimate Wasserstein(
        ReadOnlySpan<double> edges,
        NumericBins reference,
        NumericBins current,
        double referenceStandardDeviation
    )
    {
        BinCounts.Ascending(edges);
        Require.SameLength(edges.Length + 1, reference.Counts.Length, nameof(reference));
        if (referenceStandardDeviation < 0)
            throw new ArgumentOutOfRangeException(nameof(referenceStandardDeviation), referenceStandardDeviation, "Must not be negative.");
        var totals = BinTotals.Of(reference.Counts, current.Counts);
        if (!totals.IsComparable)
            return totals.Missing();
        var low = Math.Min(reference.Minimum, current.Minimum);
        var high = Math.Max(reference.Maximum, current.Maximum);
        if (!double.IsFinite(low) || !double.IsFinite(high))
            return Estimate.Undefined(totals.N, totals.M, "the range of a side is not known");
        if (low == high)
            return Estimate.Of(0, totals.N, totals.M).WithErrorBound(0);
        if (!double.IsFinite(referenceStandardDeviation))
        {
            return Estimate.Undefined(
                totals.N,
                totals.M,
                Estimate.OverflowPrefix + "the reference has values too large for a standard deviation"
            );
        }

        if (referenceStandardDeviation == 0)
            return Estimate.Undefined(totals.N, totals.M, "the reference is constant: there is no standard deviation to divide by");
        var bins = edges.Length + 1;
        Span<ProfileCdf.Piece> space = 2 * bins <= PiecesOnStack ? stackalloc ProfileCdf.Piece[2 * bins] : new ProfileCdf.Piece[2 * bins];
        var f = ProfileCdf.Of(edges, reference, totals.Reference, space[..bins]);
        var g = ProfileCdf.Of(edges, current, totals.Current, space[bins..]);
        var area = CdfArea.Between(f, g);
        // Where all means are known and the functions do not cross, only the means matter, and the area is exact.
        var bound = f.IsPinned && g.IsPinned && !CdfArea.MayCross(f, g) ? 0 : f.Uncertainty() + g.Uncertainty();
        return Estimate.Of(area / referenceStandardDeviation, totals.N, totals.M).WithErrorBound(bound / referenceStandardDeviation);
    }

    /// <summary>
    /// A quantile read from a profile: linear inside its bin, the end bins reaching to minimum and maximum. The error bound is the width to
    /// the far end of the bin.
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
}

using System.Numerics;

namespace Plumbline.Statistics.Binning;

/// <summary>What did not enter any bin when values were counted.</summary>
/// <param name="Missing">NaN values.</param>
/// <param name="PositiveInfinity">Values of +Infinity.</param>
/// <param name="NegativeInfinity">Values of -Infinity.</param>
public readonly record struct Unbinned(long Missing, long PositiveInfinity, long NegativeInfinity);

/// <summary>
/// Bins between ascending edges e1 &lt; e2 .. &lt; eK: the bin of x is the number of edges &lt;= x, so K edges make K + 1 bins, closed on
/// the left, the first and last open to infinity.
/// </summary>
public static class BinCounts
{
    private const int FewEdges = 16;
    private const int Padded = 128;

    /// <summary>Bin of a finite <paramref name="value"/>: 0 .. edges.Length.</summary>
    public static int IndexOf(ReadOnlySpan<double> edges, double value)
    {
        var low = 0;
        var high = edges.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (edges[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>
    /// Adds the values to <paramref name="bins"/> (edges.Length + 1 counters). NaN and infinities are counted apart, never binned.
    /// </summary>
    /// <exception cref="ArgumentException">The number of bins is not edges + 1, or the edges do not ascend strictly.</exception>
    public static Unbinned Add(ReadOnlySpan<double> edges, ReadOnlySpan<double> values, Span<ulong> bins)
    {
        Require.SameLength(edges.Length + 1, bins.Length, nameof(bins));
        Ascending(edges);
        return edges.Length switch
        {
            <= FewEdges => AddFew(edges, values, bins),
            < Padded => AddPadded(edges, values, bins),
            _ => AddMany(edges, values, bins),
        };
    }

    // Few edges: compare a whole vector of values with every edge and add the masks up. No branch depends on the data.
    private static Unbinned AddFew(ReadOnlySpan<double> edges, ReadOnlySpan<double> values, Span<ulong> bins)
    {
        Span<Vector<double>> wide = stackalloc Vector<double>[FewEdges];
        for (var e = 0; e < edges.Length; e++)
            wide[e] = new Vector<double>(edges[e]);
        // One row of counters per lane: neighbours often share a bin, and must not wait for each other.
        var stride = FewEdges + 1;
        Span<ulong> counters = stackalloc ulong[Vector<double>.Count * stride];
        counters.Clear();
        var unbinned = default(Unbinned);
        var i = 0;
        for (; i + Vector<double>.Count <= values.Length; i += Vector<double>.Count)
        {
            var x = new Vector<double>(values[i..]);
            if (!Vector.EqualsAll(x - x, Vector<double>.Zero))
            {
                unbinned = Plus(unbinned, AddMany(edges, values.Slice(i, Vector<double>.Count), bins));
                continue;
            }

            var index = Vector<long>.Zero;
            for (var e = 0; e < edges.Length; e++)
                index -= Vector.GreaterThanOrEqual(x, wide[e]);
            for (var lane = 0; lane < Vector<double>.Count; lane++)
                counters[lane * stride + (int)index[lane]]++;
        }

        for (var c = 0; c < counters.Length; c++)
        {
            if (counters[c] > 0)
                bins[c % stride] += counters[c];
        }

        return Plus(unbinned, AddMany(edges, values[i..], bins));
    }

    // Up to 127 edges: a binary search of fixed depth over edges padded with infinity; the processor has nothing to guess.
    private static Unbinned AddPadded(ReadOnlySpan<double> edges, ReadOnlySpan<double> values, Span<ulong> bins)
    {
        Span<double> padded = stackalloc double[Padded];
        padded.Fill(double.PositiveInfinity);
        edges.CopyTo(padded);
        Span<ulong> counters = stackalloc ulong[Padded];
        counters.Clear();
        long missing = 0,
            positive = 0,
            negative = 0;
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                missing += double.IsNaN(value) ? 1 : 0;
                positive += value > 0 ? 1 : 0;
                negative += value < 0 ? 1 : 0;
                continue;
            }

            var at = 0;
            for (var step = Padded / 2; step > 0; step >>= 1)
                at += padded[at + step - 1] <= value ? step : 0;
            counters[at]++;
        }

        for (var b = 0; b < bins.Length; b++)
            bins[b] += counters[b];
        return new Unbinned(missing, positive, negative);
    }

    private static Unbinned AddMany(ReadOnlySpan<double> edges, ReadOnlySpan<double> values, Span<ulong> bins)
    {
        long missing = 0,
            positive = 0,
            negative = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(value))
                bins[IndexOf(edges, value)]++;
            else if (double.IsNaN(value))
                missing++;
            else if (value > 0)
                positive++;
            else
                negative++;
        }

        return new Unbinned(missing, positive, negative);
    }

    private static Unbinned Plus(Unbinned a, Unbinned b) =>
        new(a.Missing + b.Missing, a.PositiveInfinity + b.PositiveInfinity, a.NegativeInfinity + b.NegativeInfinity);

    internal static void Ascending(ReadOnlySpan<double> edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            if (!double.IsFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1]))
                throw new ArgumentException($"Edge {i} is {edges[i]}: edges are finite and strictly ascending.", nameof(edges));
        }
    }
}

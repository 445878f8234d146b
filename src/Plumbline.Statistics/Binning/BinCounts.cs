namespace Plumbline.Statistics.Binning;

/// <summary>What did not enter any bin when values were counted.</summary>
/// <param name="Missing">NaN values.</param>
/// <param name="PositiveInfinity">Values of +Infinity.</param>
/// <param name="NegativeInfinity">Values of -Infinity.</param>
public readonly record struct Unbinned(long Missing, long PositiveInfinity, long NegativeInfinity);

/// <summary>
/// Bins between ascending edges e1 &lt; e2 .. &lt; eK: the bin of x is the number of edges &lt;= x, so K edges make K + 1 bins, closed on the
/// left, the first and last open to infinity.
/// </summary>
public static class BinCounts
{
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

    /// <summary>Adds the values to <paramref name="bins"/> (edges.Length + 1 counters). NaN and infinities are counted apart, never binned.</summary>
    /// <exception cref="ArgumentException">The number of bins is not edges + 1, or the edges do not ascend strictly.</exception>
    public static Unbinned Add(ReadOnlySpan<double> edges, ReadOnlySpan<double> values, Span<ulong> bins)
    {
        Require.SameLength(edges.Length + 1, bins.Length, nameof(bins));
        Ascending(edges);
        long missing = 0, positive = 0, negative = 0;
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

    internal static void Ascending(ReadOnlySpan<double> edges)
    {
        for (var i = 0; i < edges.Length; i++)
        {
            if (!double.IsFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1]))
                throw new ArgumentException($"Edge {i} is {edges[i]}: edges are finite and strictly ascending.", nameof(edges));
        }
    }
}

namespace Plumbline.Statistics.Binning;

/// <summary>
/// The frozen bins of a numeric reference: its quantiles at 1 %, 2 % .. 99 % (type 7), deduplicated, at most 99 edges and 100 bins. Immutable.
/// The deciles are a coarsening: their edges are among these, so their counts are sums of percentile bins.
/// </summary>
public sealed class PercentileEdges
{
    private readonly double[] _edges;
    private readonly int[] _deciles;

    private PercentileEdges(double[] edges, int[] deciles)
    {
        _edges = edges;
        _deciles = deciles;
    }

    /// <summary>Strictly ascending edges, 1 .. 99 of them.</summary>
    public ReadOnlySpan<double> Edges => _edges;

    /// <summary>Positions in <see cref="Edges"/> of the (deduplicated) 10 %, 20 % .. 90 % quantiles, 1 .. 9 of them, ascending.</summary>
    public ReadOnlySpan<int> DecileIndices => _deciles;

    /// <summary>Number of percentile bins: edges + 1.</summary>
    public int BinCount => _edges.Length + 1;

    /// <summary>Number of decile bins.</summary>
    public int DecileBinCount => _deciles.Length + 1;

    /// <summary>The edges of a reference sample in any order; NaN and infinities are left out.</summary>
    /// <exception cref="ArgumentException">No finite value is left.</exception>
    public static PercentileEdges FromSample(ReadOnlySpan<double> sample)
    {
        var finite = new double[sample.Length];
        var count = 0;
        foreach (var value in sample)
        {
            if (double.IsFinite(value))
                finite[count++] = value;
        }

        if (count == 0)
            throw new ArgumentException("No finite value to take quantiles of.", nameof(sample));
        Array.Sort(finite, 0, count);
        Span<double> quantiles = stackalloc double[99];
        for (var k = 1; k <= 99; k++)
            quantiles[k - 1] = Quantile.OfSorted(finite.AsSpan(0, count), k / 100.0);
        return FromQuantiles(quantiles);
    }

    /// <summary>The edges from the 99 quantiles at k/100 (as an engine computes them), ascending, duplicates allowed.</summary>
    /// <exception cref="ArgumentException">Not 99 values, or not finite, or descending.</exception>
    public static PercentileEdges FromQuantiles(ReadOnlySpan<double> quantiles)
    {
        Require.SameLength(99, quantiles.Length, nameof(quantiles));
        Require.Finite(quantiles);
        var edges = new List<double>(99);
        var deciles = new List<int>(9);
        for (var i = 0; i < quantiles.Length; i++)
        {
            if (i > 0 && quantiles[i] < quantiles[i - 1])
                throw new ArgumentException($"Quantile {i + 1} % is below the one before it.", nameof(quantiles));
            if (i == 0 || quantiles[i] > edges[^1])
                edges.Add(quantiles[i]);
            if ((i + 1) % 10 == 0 && (deciles.Count == 0 || deciles[^1] != edges.Count - 1))
                deciles.Add(edges.Count - 1);
        }

        return new PercentileEdges([.. edges], [.. deciles]);
    }

    /// <summary>Bin of a finite value: 0 .. BinCount - 1.</summary>
    public int IndexOf(double value) => BinCounts.IndexOf(_edges, value);

    /// <summary>Counts the values into new percentile bins.</summary>
    public ulong[] Count(ReadOnlySpan<double> values, out Unbinned unbinned)
    {
        var bins = new ulong[BinCount];
        unbinned = BinCounts.Add(_edges, values, bins);
        return bins;
    }

    /// <summary>Counts the values into new decile bins directly: the same as <see cref="ToDeciles(ReadOnlySpan{ulong})"/> of percentile bins, several times as fast.</summary>
    public ulong[] CountDeciles(ReadOnlySpan<double> values, out Unbinned unbinned)
    {
        Span<double> edges = stackalloc double[_deciles.Length];
        for (var i = 0; i < edges.Length; i++)
            edges[i] = _edges[_deciles[i]];
        var bins = new ulong[DecileBinCount];
        unbinned = BinCounts.Add(edges, values, bins);
        return bins;
    }

    /// <summary>Sums percentile bins into decile bins.</summary>
    /// <exception cref="ArgumentException">Not as many bins as <see cref="BinCount"/>.</exception>
    public ulong[] ToDeciles(ReadOnlySpan<ulong> bins)
    {
        Require.SameLength(BinCount, bins.Length, nameof(bins));
        return ToDeciles(bins, _deciles);
    }

    /// <summary>The same for callers that keep the positions of the decile edges themselves: position i separates bin i from bin i + 1.</summary>
    public static ulong[] ToDeciles(ReadOnlySpan<ulong> bins, ReadOnlySpan<int> decileIndices)
    {
        var result = new ulong[decileIndices.Length + 1];
        var decile = 0;
        for (var bin = 0; bin < bins.Length; bin++)
        {
            while (decile < decileIndices.Length && bin > decileIndices[decile])
                decile++;
            result[decile] += bins[bin];
        }

        return result;
    }
}

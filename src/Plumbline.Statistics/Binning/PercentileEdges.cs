namespace Plumbline.Statistics.Binning;

/// <summary>
/// The frozen bins of a numeric reference. Edges are its quantiles (type 7) at 1 %, 2 % .. 99 % and, so that long tails are not one wide
/// bin, at 0.05, 0.1, 0.2 and 0.5 % of both ends. A value that several of these quantiles share is an <em>atom</em>: it has a bin of its
/// own, of no width, so that what lies above it is told apart. A reference of at most <see cref="MaxExactValues"/> different values has
/// such a bin for each of them: then nothing is lost. Immutable. The deciles are a coarsening: their edges are among these, so their counts
/// are sums of these bins.
/// </summary>
public sealed class PercentileEdges
{
    /// <summary>A reference of at most this many different finite values is counted value by value.</summary>
    public const int MaxExactValues = 100;

    // A value that this many percentiles in a row share holds about a decile bin's weight alone.
    private const int PercentilesOfADecile = 10;

    private readonly double[] _edges;
    private readonly int[] _deciles;

    private PercentileEdges(double[] edges, int[] deciles)
    {
        _edges = edges;
        _deciles = deciles;
    }

    /// <summary>Where the quantiles are taken, ascending: four levels of each tail around 1 % .. 99 %.</summary>
    public static IReadOnlyList<double> Levels { get; } =
    [0.0005, 0.001, 0.002, 0.005, .. Enumerable.Range(1, 99).Select(k => k / 100.0), 0.995, 0.998, 0.999, 0.9995];

    /// <summary>Position of 1 % in <see cref="Levels"/>.</summary>
    private static int FirstPercentile => 4;

    /// <summary>Strictly ascending edges, at least one.</summary>
    public ReadOnlySpan<double> Edges => _edges;

    /// <summary>
    /// Positions in <see cref="Edges"/>, ascending, of the deduplicated 10 %, 20 % .. 90 % quantiles; a value with a decile's weight alone
    /// has a second one, that of the end of its own bin.
    /// </summary>
    public ReadOnlySpan<int> DecileIndices => _deciles;

    /// <summary>Number of bins: edges + 1.</summary>
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
        var sorted = Sorting.Ascending(finite.AsSpan(0, count));
        Span<double> quantiles = stackalloc double[Levels.Count];
        for (var k = 0; k < quantiles.Length; k++)
            quantiles[k] = Quantile.OfSorted(sorted, Levels[k]);
        return FromQuantiles(quantiles, FewValues(sorted));
    }

    /// <summary>The edges from quantiles as an engine computes them.</summary>
    /// <param name="quantiles">At <see cref="Levels"/>, ascending, duplicates allowed.</param>
    /// <param name="values">
    /// The different finite values of the reference, in any order, when there are at most <see cref="MaxExactValues"/>; empty when there
    /// are more.
    /// </param>
    /// <exception cref="ArgumentException">Not as many quantiles as levels, or not finite, or descending; too many values.</exception>
    public static PercentileEdges FromQuantiles(ReadOnlySpan<double> quantiles, ReadOnlySpan<double> values = default)
    {
        Require.SameLength(Levels.Count, quantiles.Length, nameof(quantiles));
        Require.Finite(quantiles);
        Require.Finite(values);
        if (values.Length > MaxExactValues)
            throw new ArgumentException($"{values.Length} values; at most {MaxExactValues} are counted one by one.", nameof(values));
        for (var i = 1; i < quantiles.Length; i++)
        {
            if (quantiles[i] < quantiles[i - 1])
                throw new ArgumentException($"The quantile at {Levels[i]} is below the one before it.", nameof(quantiles));
        }

        var percentiles = quantiles.Slice(FirstPercentile, 99);
        var edges = new SortedSet<double>();
        if (values.IsEmpty)
            AddQuantiles(quantiles, edges);
        else
            AddValues(values, edges);
        var deciles = new SortedSet<double>();
        for (var k = 10; k <= 90; k += 10)
            AddDecile(percentiles, k, deciles);
        edges.UnionWith(deciles);
        double[] all = [.. edges];
        return new PercentileEdges(all, [.. deciles.Select(edge => Array.BinarySearch(all, edge))]);
    }

    /// <summary>Bin of a finite value: 0 .. BinCount - 1.</summary>
    public int IndexOf(double value) => BinCounts.IndexOf(_edges, value);

    /// <summary>Whether a bin holds a single value: its edges are neighbouring numbers.</summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="bin">0 .. edges.Length.</param>
    public static bool IsAtom(ReadOnlySpan<double> edges, int bin) =>
        bin > 0 && bin < edges.Length && edges[bin] == Math.BitIncrement(edges[bin - 1]);

    /// <summary>Counts the values into new bins.</summary>
    public ulong[] Count(ReadOnlySpan<double> values, out Unbinned unbinned)
    {
        var bins = new ulong[BinCount];
        unbinned = BinCounts.Add(_edges, values, bins);
        return bins;
    }

    /// <summary>
    /// Counts the values into new decile bins directly: the same as <see cref="ToDeciles(ReadOnlySpan{ulong})"/> of the fine bins, several
    /// times as fast.
    /// </summary>
    public ulong[] CountDeciles(ReadOnlySpan<double> values, out Unbinned unbinned)
    {
        Span<double> edges = stackalloc double[_deciles.Length];
        for (var i = 0; i < edges.Length; i++)
            edges[i] = _edges[_deciles[i]];
        var bins = new ulong[DecileBinCount];
        unbinned = BinCounts.Add(edges, values, bins);
        return bins;
    }

    /// <summary>Sums fine bins into decile bins.</summary>
    /// <exception cref="ArgumentException">Not as many bins as <see cref="BinCount"/>.</exception>
    public ulong[] ToDeciles(ReadOnlySpan<ulong> bins)
    {
        Require.SameLength(BinCount, bins.Length, nameof(bins));
        return ToDeciles(bins, _deciles);
    }

    /// <summary>
    /// The same for callers that keep the positions of the decile edges themselves: position i separates bin i from bin i + 1.
    /// </summary>
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

    /// <summary>
    /// Two sides' decile bins without those that only exist because an atom ends there and that are empty on both: smoothing would give
    /// mass to a bin that nobody asked for.
    /// </summary>
    /// <param name="edges">The fine edges.</param>
    /// <param name="decileIndices">Positions of the decile edges in them.</param>
    /// <param name="reference">Decile counts of the reference.</param>
    /// <param name="current">Decile counts of the current sample.</param>
    public static (ulong[] Reference, ulong[] Current) WithoutEmptyAboveAtoms(
        ReadOnlySpan<double> edges,
        ReadOnlySpan<int> decileIndices,
        ulong[] reference,
        ulong[] current
    )
    {
        Require.SameLength(decileIndices.Length + 1, reference.Length, nameof(reference));
        Require.SameLength(reference.Length, current.Length, nameof(current));
        List<int>? kept = null;
        for (var bin = 2; bin < reference.Length; bin++)
        {
            if (reference[bin] > 0 || current[bin] > 0 || edges[decileIndices[bin - 1]] != Math.BitIncrement(edges[decileIndices[bin - 2]]))
                continue;
            kept ??= [.. Enumerable.Range(0, reference.Length)];
            kept.Remove(bin);
        }

        return kept is null ? (reference, current) : ([.. kept.Select(bin => reference[bin])], [.. kept.Select(bin => current[bin])]);
    }

    private static void AddQuantiles(ReadOnlySpan<double> quantiles, SortedSet<double> edges)
    {
        for (var i = 0; i < quantiles.Length; i++)
        {
            edges.Add(quantiles[i]);
            if (i > 0 && quantiles[i] == quantiles[i - 1])
                AddEnd(quantiles[i], edges);
        }
    }

    private static void AddValues(ReadOnlySpan<double> values, SortedSet<double> edges)
    {
        foreach (var value in values)
        {
            edges.Add(value);
            AddEnd(value, edges);
        }
    }

    private static void AddDecile(ReadOnlySpan<double> percentiles, int percent, SortedSet<double> deciles)
    {
        var value = percentiles[percent - 1];
        deciles.Add(value);
        var alike = 0;
        foreach (var percentile in percentiles)
            alike += percentile == value ? 1 : 0;
        if (alike >= PercentilesOfADecile)
            AddEnd(value, deciles);
    }

    // Above the largest double there is nothing to tell apart.
    private static void AddEnd(double value, SortedSet<double> edges)
    {
        if (Math.BitIncrement(value) is var end && double.IsFinite(end))
            edges.Add(end);
    }

    private static ReadOnlySpan<double> FewValues(ReadOnlySpan<double> sorted)
    {
        var values = new double[MaxExactValues];
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i] == sorted[i - 1])
                continue;
            if (count == MaxExactValues)
                return [];
            values[count++] = sorted[i];
        }

        return values.AsSpan(0, count);
    }
}

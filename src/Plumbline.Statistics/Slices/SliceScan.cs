using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plumbline.Statistics.Slices;

/// <summary>
/// One pass over all slices: every single condition, every pair of conditions through a two-way table of each pair of features, and every
/// third condition beside the best pairs. A slice of three conditions that is worse than the rest makes the three pairs of its conditions
/// worse too, by less; since two pairs of bins are kept of every pair of features, it is reached though none of its conditions stands out
/// alone.
/// </summary>
internal static class SliceScan
{
    private const int Kept = 16;

    /// <summary>The best candidates of all lengths, best first.</summary>
    public static Candidate[] Run(SearchHalf half, PredicateSpace space, CancellationToken ct)
    {
        var features = half.Columns.Length;
        List<Candidate> found = [];
        long[] all = new long[half.Offsets[^1]];
        CountAll(half, all);
        for (var f = 0; f < features; f++)
        {
            if (Best(half, space, f, all, 0) is { } one)
                found.Add(one);
        }

        if (space.Options.MaximumPredicates >= 2 && features >= 2)
        {
            var pairs = Pairs(half, space, ct);
            found.AddRange(pairs.Take(Kept));
            if (space.Options.MaximumPredicates >= 3)
                found.AddRange(Thirds(half, space, pairs, ct));
        }

        found.Sort(Candidate.Compare);
        return [.. found.Take(Kept)];
    }

    /// <summary>Counts the codes of all features over some rows.</summary>
    public static void CountRows(SearchHalf half, ReadOnlySpan<int> rows, Span<long> counts)
    {
        counts.Clear();
        var features = half.Columns.Length;
        ref var count = ref MemoryMarshal.GetReference(counts);
        foreach (var row in rows)
        {
            var weight = half.Weights[row];
            // Every code is below the length of counts: the table was checked when it was made.
            foreach (var code in half.Matrix.AsSpan(row * features, features))
                Unsafe.Add(ref count, code) += weight;
        }
    }

    /// <summary>Row numbers that meet all predicates, into <paramref name="rows"/>.</summary>
    public static int Select(SearchHalf half, ReadOnlySpan<SlicePredicate> predicates, Span<int> rows)
    {
        var count = 0;
        if (predicates.IsEmpty)
        {
            for (; count < half.Rows; count++)
                rows[count] = count;
            return count;
        }

        var (feature, first, last) = predicates[0];
        var column = half.Columns[feature];
        for (var i = 0; i < column.Length; i++)
        {
            rows[count] = i;
            count += (uint)(column[i] - first) <= (uint)(last - first) ? 1 : 0;
        }

        foreach (var (other, low, high) in predicates[1..])
        {
            column = half.Columns[other];
            var kept = 0;
            for (var i = 0; i < count; i++)
            {
                var row = rows[i];
                rows[kept] = row;
                kept += (uint)(column[row] - low) <= (uint)(high - low) ? 1 : 0;
            }

            count = kept;
        }

        return count;
    }

    /// <summary>
    /// The best condition on one feature, given the counts of its codes over the rows that meet the other conditions; null when none is
    /// allowed and worse.
    /// </summary>
    public static Candidate? Best(
        SearchHalf half,
        PredicateSpace space,
        int feature,
        ReadOnlySpan<long> counts,
        double costOfOthers,
        ReadOnlySpan<SlicePredicate> others = default
    )
    {
        var codes = half.Table.Features[feature].Bins + 1;
        Span<long> sums = stackalloc long[codes + 1];
        sums[0] = 0;
        for (var c = 0; c < codes; c++)
            sums[c + 1] = sums[c] + counts[half.Offsets[feature] + c];
        var (gain, bestFirst, bestLast) = (0.0, -1, -1);
        foreach (var (first, last) in space.Of(feature))
        {
            var weight = sums[last + 1] - sums[first];
            if (!space.Admits(weight) || half.Gain(weight) is var here && here <= gain)
                continue;
            (gain, bestFirst, bestLast) = (half.Gain(weight), first, last);
        }

        if (bestFirst < 0)
            return null;
        SlicePredicate[] predicates = [.. others, new SlicePredicate(feature, bestFirst, bestLast)];
        Array.Sort(predicates, (a, b) => a.Feature.CompareTo(b.Feature));
        return new Candidate(
            predicates,
            gain - costOfOthers - space.Cost(feature),
            SearchHalf.CountOf(sums[bestLast + 1] - sums[bestFirst])
        );
    }

    private static void CountAll(SearchHalf half, long[] counts)
    {
        for (var f = 0; f < half.Columns.Length; f++)
        {
            var column = half.Columns[f];
            for (var i = 0; i < column.Length; i++)
                counts[half.Offsets[f] + column[i]] += half.Weights[i];
        }
    }

    private static List<Candidate> Pairs(SearchHalf half, PredicateSpace space, CancellationToken ct)
    {
        var features = half.Columns.Length;
        var of = new Candidate?[features * features][];
        Parallel.For(
            0,
            features * features,
            Workers(space, ct),
            () => new PairTable(),
            (pair, _, table) =>
            {
                var (f, g) = (pair / features, pair % features);
                if (f < g)
                    of[pair] = table.Best(half, space, f, g);
                return table;
            },
            _ => { }
        );
        List<Candidate> pairs = [.. of.Where(two => two is not null).SelectMany(two => two).OfType<Candidate>()];
        pairs.Sort(Candidate.Compare);
        return pairs;
    }

    private static IEnumerable<Candidate> Thirds(SearchHalf half, PredicateSpace space, List<Candidate> pairs, CancellationToken ct)
    {
        var beam = Math.Min(space.Options.BeamWidth, pairs.Count);
        var best = new Candidate?[beam];
        Parallel.For(
            0,
            beam,
            Workers(space, ct),
            () => (Rows: new int[half.Rows], Counts: new long[half.Offsets[^1]]),
            (i, _, buffers) =>
            {
                var pair = pairs[i].Predicates;
                var count = Select(half, pair, buffers.Rows);
                CountRows(half, buffers.Rows.AsSpan(0, count), buffers.Counts);
                var cost = space.Cost(pair);
                for (var f = 0; f < half.Columns.Length; f++)
                {
                    if (
                        f != pair[0].Feature
                        && f != pair[1].Feature
                        && Best(half, space, f, buffers.Counts, cost, pair) is { } third
                        && (best[i] is not { } known || Candidate.Compare(third, known) < 0)
                    )
                    {
                        best[i] = third;
                    }
                }

                return buffers;
            },
            _ => { }
        );
        return best.OfType<Candidate>();
    }

    public static ParallelOptions Workers(PredicateSpace space, CancellationToken ct) =>
        new() { MaxDegreeOfParallelism = space.Options.Parallelism, CancellationToken = ct };
}

namespace Plumbline.Statistics.Slices;

/// <summary>
/// From a good slice to the best near it: conditions are exchanged, dropped or added one at a time while the score rises. The scan found
/// its pairs without the third condition, so their intervals are not yet the best beside it.
/// </summary>
internal static class SliceClimb
{
    private const int Rounds = 8;

    /// <summary>
    /// The best slice that any of the starts leads to and that is not too large with the rows that were explained already; null when there
    /// is none.
    /// </summary>
    public static Candidate? Best(SearchHalf half, PredicateSpace space, Candidate[] starts, CancellationToken ct)
    {
        var ends = new Candidate[starts.Length];
        Parallel.For(
            0,
            starts.Length,
            SliceScan.Workers(space, ct),
            () => (Rows: new int[half.Rows], Counts: new long[half.Offsets[^1]]),
            (i, _, buffers) =>
            {
                ends[i] = Climb(half, space, starts[i], buffers.Rows, buffers.Counts);
                return buffers;
            },
            _ => { }
        );
        return ends.Concat(starts)
            .Order(Comparer<Candidate>.Create(Candidate.Compare))
            .FirstOrDefault(end => half.Match(end.Predicates).Count(m => m) <= space.MostRows);
    }

    private static Candidate Climb(SearchHalf half, PredicateSpace space, Candidate start, int[] rows, long[] counts)
    {
        var current = start;
        for (var round = 0; round < Rounds; round++)
        {
            var best = current;
            for (var leftOut = 0; leftOut <= current.Predicates.Length; leftOut++)
            {
                SlicePredicate[] others = [.. current.Predicates.Where((_, i) => i != leftOut)];
                if (
                    others.Length < space.Options.MaximumPredicates
                    && Beside(half, space, others, rows, counts) is { } next
                    && Candidate.Compare(next, best) < 0
                )
                {
                    best = next;
                }
            }

            if (ReferenceEquals(best, current))
                break;
            current = best;
        }

        return current;
    }

    // The best slice of these conditions alone or with one more.
    private static Candidate? Beside(SearchHalf half, PredicateSpace space, SlicePredicate[] others, int[] rows, long[] counts)
    {
        var selected = rows.AsSpan(0, SliceScan.Select(half, others, rows));
        SliceScan.CountRows(half, selected, counts);
        var cost = space.Cost(others);
        var best = Alone(half, space, others, counts, cost);
        for (var f = 0; f < half.Columns.Length; f++)
        {
            if (
                !others.Any(p => p.Feature == f)
                && SliceScan.Best(half, space, f, counts, cost, others) is { } more
                && (best is null || Candidate.Compare(more, best) < 0)
            )
            {
                best = more;
            }
        }

        return best;
    }

    private static Candidate? Alone(SearchHalf half, PredicateSpace space, SlicePredicate[] predicates, long[] counts, double cost)
    {
        if (predicates.Length == 0)
            return null;
        long all = 0;
        for (var code = half.Offsets[0]; code < half.Offsets[1]; code++)
            all += counts[code];
        return space.Admits(all) ? new Candidate(predicates, half.Gain(all) - cost, SearchHalf.CountOf(all)) : null;
    }
}

namespace Plumbline.Statistics.Slices;

/// <summary>A set of conditions with what it gains.</summary>
internal sealed record Candidate(SlicePredicate[] Predicates, double Score, int Rows)
{
    /// <summary>
    /// Best score first; between equals the simpler, then the one of earlier features, so that the order is always the same.
    /// </summary>
    public static int Compare(Candidate a, Candidate b)
    {
        var order = b.Score.CompareTo(a.Score);
        if (order == 0)
            order = a.Predicates.Length.CompareTo(b.Predicates.Length);
        for (var i = 0; order == 0 && i < a.Predicates.Length; i++)
        {
            order = (a.Predicates[i].Feature, a.Predicates[i].First, a.Predicates[i].Last).CompareTo(
                (b.Predicates[i].Feature, b.Predicates[i].First, b.Predicates[i].Last)
            );
        }

        return order;
    }
}

/// <summary>
/// Every condition that a slice may have, and what naming it costs: the logarithm of the number of conditions that one could have named
/// instead (the features times the conditions of that feature). The gain of the best of so many chance slices is about that large, so a
/// longer description must earn its length (minimum description length, Rissanen 1978); it is why a child of a slice is not preferred for
/// its luck.
/// </summary>
internal sealed class PredicateSpace
{
    private readonly (byte First, byte Last)[][] _predicates;
    private readonly double[] _costs;

    public PredicateSpace(SliceTable table, SliceSearchOptions options, int searchRows)
    {
        _predicates = [.. table.Features.Select(Enumerate)];
        _costs = [.. _predicates.Select(p => Math.Log(table.Features.Count) + Math.Log(p.Length))];
        Options = options;
        LeastRows = Math.Max((options.MinimumRows + 1) / 2, (int)Math.Ceiling(options.MinimumShare * searchRows));
        MostRows = (int)(options.MaximumShare * searchRows);
    }

    public SliceSearchOptions Options { get; }

    public int LeastRows { get; }

    public int MostRows { get; }

    public ReadOnlySpan<(byte First, byte Last)> Of(int feature) => _predicates[feature];

    public double Cost(int feature) => _costs[feature];

    public double Cost(ReadOnlySpan<SlicePredicate> predicates)
    {
        var cost = 0.0;
        foreach (var predicate in predicates)
            cost += _costs[predicate.Feature];
        return cost;
    }

    public bool Admits(long weight) => SearchHalf.CountOf(weight) is var rows && rows >= LeastRows && rows <= MostRows;

    private static (byte First, byte Last)[] Enumerate(SliceFeature feature)
    {
        var missing = ((byte)feature.Bins, (byte)feature.Bins);
        List<(byte, byte)> predicates = [];
        for (var first = 0; first < feature.Bins; first++)
        {
            for (var last = first; last < (feature.IsOrdered ? feature.Bins : first + 1); last++)
                predicates.Add(((byte)first, (byte)last));
        }

        predicates.Add(missing);
        return [.. predicates];
    }
}

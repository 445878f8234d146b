namespace Plumbline.Statistics.Trees;

/// <summary>Picking rows for folds and subsamples.</summary>
internal static class Rows
{
    public static FeatureTable Sample(FeatureTable table, int maximum, RandomSource random)
    {
        if (table.Rows <= maximum)
            return table;
        var order = new int[table.Rows];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        random.Shuffle(order.AsSpan());
        var chosen = order.AsSpan(0, maximum);
        chosen.Sort();
        return table.Select(chosen);
    }

    /// <summary>Gives every row a fold; folds differ by at most one row.</summary>
    public static void Spread(Span<int> foldOf, int folds, RandomSource random)
    {
        for (var i = 0; i < foldOf.Length; i++)
            foldOf[i] = i % folds;
        random.Shuffle(foldOf);
    }

    public static (int[] Inside, int[] Outside) Of(int[] foldOf, int fold)
    {
        List<int> inside = [],
            outside = [];
        for (var i = 0; i < foldOf.Length; i++)
            (foldOf[i] == fold ? inside : outside).Add(i);
        return ([.. inside], [.. outside]);
    }

    public static T[] Take<T>(ReadOnlySpan<T> values, int[] rows)
    {
        var result = new T[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            result[i] = values[rows[i]];
        return result;
    }
}

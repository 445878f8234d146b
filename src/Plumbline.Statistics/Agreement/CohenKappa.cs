using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Agreement;

/// <summary>
/// Cohen's kappa (Cohen 1960): agreement of two annotators beyond chance, (o - e) / (1 - e), o the share of items on which they agree and e
/// what two who know only how often each says which category would agree on. 1 = always, 0 = as by chance, at least -1.
/// </summary>
public static class CohenKappa
{
    /// <summary>Kappa of two lists of categories.</summary>
    /// <param name="first">Category of each item by one annotator, any codes.</param>
    /// <param name="second">Category of the same items by the other one.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Estimate Of(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        Require.SameLength(first.Length, second.Length, nameof(second));
        var places = new Dictionary<int, int>();
        foreach (var category in first)
            places.TryAdd(category, places.Count);
        foreach (var category in second)
            places.TryAdd(category, places.Count);
        var counts = new long[places.Count, places.Count];
        for (var i = 0; i < first.Length; i++)
            counts[places[first[i]], places[second[i]]]++;
        return Of(counts);
    }

    /// <summary>
    /// Kappa of a table with its large-sample standard error (Fleiss, Cohen and Everitt 1969, for a kappa that is not 0) and the normal 95
    /// % interval within [-1, 1]. Without an interval where annotators never differ: the error would be 0 however few the items. Undefined
    /// where both only ever gave one and the same category.
    /// </summary>
    /// <param name="counts">Categories x categories: items by what the first annotator said (rows) and the second (columns).</param>
    /// <exception cref="ArgumentException">The table is not square, or a count is negative.</exception>
    public static Estimate Of(long[,] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var shares = Shares(counts, out var items);
        if (items == 0)
            return Estimate.Insufficient(0, null, "no items");
        var categories = counts.GetLength(0);
        var (rows, columns) = (new double[categories], new double[categories]);
        double observed = 0,
            expected = 0;
        for (var i = 0; i < categories; i++)
        {
            observed += shares[i, i];
            for (var j = 0; j < categories; j++)
                (rows[i], columns[j]) = (rows[i] + shares[i, j], columns[j] + shares[i, j]);
        }

        for (var i = 0; i < categories; i++)
            expected += rows[i] * columns[i];
        // One category alone; sums of shares are 1 but for rounding.
        if (expected > 1 - 1e-12)
            return Estimate.Undefined(items, null, "both annotators gave one and the same category to all items");
        var kappa = (observed - expected) / (1 - expected);
        var estimate = Estimate.Of(kappa, items);
        if (observed > 1 - 1e-12)
            return estimate;

        // How much kappa moves with the share of each cell; the variance of that over items.
        double mean = 0,
            square = 0;
        for (var i = 0; i < categories; i++)
        {
            for (var j = 0; j < categories; j++)
            {
                var slope = ((i == j ? 1 : 0) - (1 - kappa) * (columns[i] + rows[j])) / (1 - expected);
                mean += shares[i, j] * slope;
                square += shares[i, j] * slope * slope;
            }
        }

        var error = Math.Sqrt(Math.Max(0, square - mean * mean) / items);
        return estimate.WithStandardError(error).With(Confidence.Normal(kappa, error).Clip(-1, 1));
    }

    private static double[,] Shares(long[,] counts, out long items)
    {
        var categories = counts.GetLength(0);
        if (counts.GetLength(1) != categories)
            throw new ArgumentException($"{categories} rows and {counts.GetLength(1)} columns: both are all categories.", nameof(counts));
        items = 0;
        foreach (var count in counts)
            items += count >= 0 ? count : throw new ArgumentException($"A count is {count}.", nameof(counts));
        var shares = new double[categories, categories];
        for (var i = 0; i < categories; i++)
        {
            for (var j = 0; j < categories; j++)
                shares[i, j] = items == 0 ? 0 : (double)counts[i, j] / items;
        }

        return shares;
    }
}

namespace Plumbline.Statistics.Slices;

/// <summary>
/// One feature of all rows, binned to small codes: 0 .. <see cref="Bins"/> - 1 for its bins or categories, and <see cref="Bins"/> itself
/// for a missing value.
/// </summary>
public sealed class SliceFeature
{
    /// <summary>Most bins of a feature whose bins have an order (every interval of them is looked at).</summary>
    public const int MaximumOrderedBins = 20;

    /// <summary>Most categories of a feature whose bins have no order.</summary>
    public const int MaximumCategories = 63;

    /// <summary>A feature of rows.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="codes">One code per row.</param>
    /// <param name="bins">Number of bins or categories, without the missing one: 1 .. 20 when ordered, else 1 .. 63.</param>
    /// <param name="isOrdered">Whether the bins have an order, so that intervals of them mean something.</param>
    /// <exception cref="ArgumentException">There are too many bins, or a code is above <paramref name="bins"/>.</exception>
    public SliceFeature(string name, ReadOnlyMemory<byte> codes, int bins, bool isOrdered)
    {
        ArgumentNullException.ThrowIfNull(name);
        var most = isOrdered ? MaximumOrderedBins : MaximumCategories;
        if (bins < 1 || bins > most)
            throw new ArgumentOutOfRangeException(nameof(bins), bins, $"Feature '{name}' must have 1 to {most} bins.");
        var outside = codes.Span.IndexOfAnyExceptInRange((byte)0, (byte)bins);
        if (outside >= 0)
            throw new ArgumentException($"Feature '{name}', row {outside}: code {codes.Span[outside]} is above {bins}.", nameof(codes));
        (Name, Codes, Bins, IsOrdered) = (name, codes, bins, isOrdered);
    }

    /// <summary>
    /// A number per row, binned by frozen edges: its bin is the number of edges at or below it. NaN is missing; infinities fall into the
    /// end bins.
    /// </summary>
    /// <param name="name">Name of the feature.</param>
    /// <param name="values">One value per row.</param>
    /// <param name="edges">Ascending, at most 19.</param>
    public static SliceFeature OfNumbers(string name, ReadOnlySpan<double> values, ReadOnlySpan<double> edges)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(edges.Length, MaximumOrderedBins - 1, nameof(edges));
        var codes = new byte[values.Length];
        for (var row = 0; row < values.Length; row++)
        {
            var bin = 0;
            while (bin < edges.Length && edges[bin] <= values[row])
                bin++;
            codes[row] = (byte)(double.IsNaN(values[row]) ? edges.Length + 1 : bin);
        }

        return new SliceFeature(name, codes, edges.Length + 1, isOrdered: true);
    }

    /// <summary>
    /// A text per row; those that are none of <paramref name="categories"/> are together the last bin, and null is missing.
    /// </summary>
    /// <param name="name">Name of the feature.</param>
    /// <param name="values">One value per row; null = missing.</param>
    /// <param name="categories">The categories that are bins of their own, at most 62.</param>
    public static SliceFeature OfCategories(string name, IReadOnlyList<string?> values, IReadOnlyList<string> categories)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(categories.Count, MaximumCategories - 1, nameof(categories));
        var codeOf = categories
            .Select((category, code) => (category, code))
            .ToDictionary(pair => pair.category, pair => (byte)pair.code, StringComparer.Ordinal);
        var codes = new byte[values.Count];
        for (var row = 0; row < codes.Length; row++)
            codes[row] = values[row] is { } value ? codeOf.GetValueOrDefault(value, (byte)categories.Count) : (byte)(categories.Count + 1);
        return new SliceFeature(name, codes, categories.Count + 1, isOrdered: false);
    }

    /// <summary>Name of the feature.</summary>
    public string Name { get; }

    /// <summary>Code of each row.</summary>
    public ReadOnlyMemory<byte> Codes { get; }

    /// <summary>Number of bins; also the code of a missing value.</summary>
    public int Bins { get; }

    /// <summary>Whether intervals of bins are predicates too.</summary>
    public bool IsOrdered { get; }
}

/// <summary>Rows as binned features, all of the same length.</summary>
public sealed class SliceTable
{
    /// <summary>Most features of a table.</summary>
    public const int MaximumFeatures = 1000;

    /// <summary>Most rows of a table.</summary>
    public const int MaximumRows = 4_000_000;

    /// <summary>Most rows times features: 200,000 rows of 500 features. A search holds about two bytes for each.</summary>
    public const long MaximumCells = 100_000_000;

    /// <summary>A table of these features.</summary>
    /// <exception cref="ArgumentException">There is no feature, there are too many, or their lengths differ.</exception>
    public SliceTable(IReadOnlyList<SliceFeature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count is 0 or > MaximumFeatures)
            throw new ArgumentException($"{features.Count} features where 1 to {MaximumFeatures} are allowed.", nameof(features));
        Rows = features[0].Codes.Length;
        if (Rows > MaximumRows)
            throw new ArgumentException($"{Rows} rows where at most {MaximumRows} are allowed.", nameof(features));
        if ((long)Rows * features.Count > MaximumCells)
        {
            throw new ArgumentException(
                $"{Rows} rows of {features.Count} features are more than {MaximumCells} cells: take a sample of the rows.",
                nameof(features)
            );
        }

        foreach (var feature in features)
        {
            if (feature.Codes.Length != Rows)
            {
                throw new ArgumentException(
                    $"Feature '{feature.Name}' has {feature.Codes.Length} rows, '{features[0].Name}' has {Rows}.",
                    nameof(features)
                );
            }
        }

        Features = features;
    }

    /// <summary>The features.</summary>
    public IReadOnlyList<SliceFeature> Features { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of rows that meet all predicates.</summary>
    public int Count(IReadOnlyList<SlicePredicate> predicates) => Match(predicates).Count(matches => matches);

    /// <summary>For each row whether it meets all predicates.</summary>
    public bool[] Match(IReadOnlyList<SlicePredicate> predicates)
    {
        ArgumentNullException.ThrowIfNull(predicates);
        var matches = new bool[Rows];
        Array.Fill(matches, true);
        foreach (var predicate in predicates)
        {
            var codes = Features[predicate.Feature].Codes.Span;
            for (var row = 0; row < codes.Length; row++)
                matches[row] &= codes[row] >= predicate.First && codes[row] <= predicate.Last;
        }

        return matches;
    }
}

/// <summary>A condition on one feature: its bin is one of <see cref="First"/> .. <see cref="Last"/> (both included).</summary>
/// <param name="Feature">Index of the feature in its table.</param>
/// <param name="First">First bin.</param>
/// <param name="Last">Last bin; equal to <paramref name="First"/> for a category or for missing values.</param>
public readonly record struct SlicePredicate(int Feature, int First, int Last)
{
    /// <summary>Whether the condition is that the value is missing.</summary>
    public bool IsMissing(SliceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return First == table.Features[Feature].Bins;
    }
}

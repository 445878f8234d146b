using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Slices;
using Plumbline.Store;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>One feature as the search sees it: the code that the engine makes of a value, and what a code means.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Edges">Numbers and lengths: frozen edges of the bins; null for categories.</param>
/// <param name="Categories">Categories: those that are bins of their own; null for numbers.</param>
/// <param name="HasOther">Whether further categories are together one more bin.</param>
public sealed record ColdSpotFeature(
    FeatureDefinition Feature,
    IReadOnlyList<double>? Edges,
    IReadOnlyList<string>? Categories,
    bool HasOther
)
{
    /// <summary>Bins without the missing one, whose code this is.</summary>
    public int Bins => Edges is not null ? Edges.Count + 1 : Categories!.Count + (HasOther ? 1 : 0);

    /// <summary>The code in SQL. Values are bound; <paramref name="table"/> and the column are our own names.</summary>
    public string Code(string table)
    {
        var column = $"{table}.{Feature.Column}";
        var missing = Bins.ToString(CultureInfo.InvariantCulture);
        var parameter = $"bins_{Feature.Column}";
        return Feature.Type switch
        {
            FeatureType.Numeric =>
                $"toUInt8(if(isNaN({column}), {missing}, arrayCount(e -> e <= {column}, {{{parameter}:Array(Float64)}})))",
            FeatureType.Text => $"toUInt8(if(isNull({column}), {missing}, arrayCount(e -> e <= lengthUTF8(assumeNotNull({column})), "
                + $"{{{parameter}:Array(Float64)}})))",
            FeatureType.Boolean => $"toUInt8(if(isNull({column}), {missing}, assumeNotNull({column})))",
            _ => $"toUInt8(if(isNull({column}), {missing}, if((indexOf({{{parameter}:Array(String)}}, ifNull(CAST({column}, "
                + $"'Nullable(String)'), '')) AS at_{Feature.Column}) = 0, {(Bins - 1).ToString(CultureInfo.InvariantCulture)}, "
                + $"at_{Feature.Column} - 1)))",
        };
    }

    /// <summary>What <see cref="Code"/> needs bound; null when nothing.</summary>
    public SqlParameter? Parameter =>
        Feature.Type == FeatureType.Boolean ? null : new SqlParameter($"bins_{Feature.Column}", Edges is not null ? Edges : Categories);

    public ColdSpotCondition Describe(SlicePredicate predicate)
    {
        var name = Feature.Name;
        if (predicate.First == Bins)
            return new ColdSpotCondition(name, "missing", null, null, null, $"{name} is missing");
        if (Edges is null)
        {
            return predicate.First < Categories!.Count
                ? new ColdSpotCondition(
                    name,
                    "category",
                    Categories[predicate.First],
                    null,
                    null,
                    $"{name} = {Categories[predicate.First]}"
                )
                : new ColdSpotCondition(name, "other", null, null, null, $"{name} is none of the reference's frequent values");
        }

        double? from = predicate.First > 0 ? Edges[predicate.First - 1] : null;
        // Up to the last bin; beyond it there is only "missing".
        double? to = predicate.Last < Edges.Count ? Edges[predicate.Last] : null;
        var what = Feature.Type == FeatureType.Text ? $"length of {name}" : name;
        var text = (from, to) switch
        {
            ({ } low, { } high) => $"{what} from {Number(low)} to below {Number(high)}",
            ({ } low, null) => $"{what} at least {Number(low)}",
            (null, { } high) => $"{what} below {Number(high)}",
            _ => $"{what} is there",
        };
        return new ColdSpotCondition(name, Feature.Type == FeatureType.Text ? "length" : "interval", null, from, to, text);
    }

    /// <summary>The condition as filters of the search for predictions; null when there is none for it.</summary>
    public IReadOnlyList<string>? Filters(ColdSpotCondition condition) =>
        condition is { Kind: "interval", From: null, To: null }
            ? [$"features.{Feature.Name}:present"]
            : condition.AsSliceCondition()?.Filters(Feature.Type);

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}

/// <summary>The features of a model that can be searched, binned as its reference is.</summary>
public sealed class ColdSpotFeatures(IColumnStore store, ModelTables tables)
{
    /// <summary>Features searched at most; a wider model is represented by its first ones.</summary>
    public const int MaxFeatures = 200;

    /// <summary>
    /// A categorical feature whose reference has more than this share of rows outside its frequent values names rows rather than groups of
    /// them.
    /// </summary>
    private const double LargestOther = 0.5;

    private static readonly double[] Deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>The usable features, in the model's order.</summary>
    public async Task<IReadOnlyList<ColdSpotFeature>> ReadAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var lengths = await LengthsAsync(model, baseline, cancellation);
        return [.. model.Features.Select(feature => Of(feature, baseline, lengths)).OfType<ColdSpotFeature>().Take(MaxFeatures)];
    }

    private static ColdSpotFeature? Of(FeatureDefinition feature, Baseline baseline, Dictionary<string, double[]> lengths)
    {
        if (feature.Type == FeatureType.Text)
        {
            return lengths.TryGetValue(feature.Name, out var edges) && edges.Length > 0
                ? new ColdSpotFeature(feature, edges, null, false)
                : null;
        }

        if (feature.Type == FeatureType.Boolean)
            return new ColdSpotFeature(feature, null, ["false", "true"], false);
        if (!baseline.Features.TryGetValue(feature.Name, out var known) || known.Profile.Present == 0)
            return null;
        if (known.IsNumeric)
            return known.DecileIndices.Length == 0 ? null : new ColdSpotFeature(feature, Borders(known), null, false);
        // The bins of a categorical profile end with "other" and "unseen".
        var bins = known.Profile.Bins;
        return known.Categories.Length == 0 || (bins.Length >= 2 && bins[^2] > LargestOther * known.Profile.Present)
            ? null
            : new ColdSpotFeature(feature, null, known.Categories, true);
    }

    // The end of a heavy value's own bin is the next number that a computer knows; for a condition that people read, the next edge above
    // it.
    private static double[] Borders(FeatureBaseline known)
    {
        var edges = known.Edges.AsSpan();
        var borders = new SortedSet<double>();
        foreach (var index in known.DecileIndices)
        {
            if (!PercentileEdges.IsAtom(edges, index))
                borders.Add(edges[index]);
            else if (index + 1 < edges.Length)
                borders.Add(edges[index + 1]);
        }

        return [.. borders];
    }

    /// <summary>Deciles of the lengths of the reference's texts: profiles do not look at text.</summary>
    private async Task<Dictionary<string, double[]>> LengthsAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var found = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var table = ModelTables.Reference(model.Id, baseline.Generation);
        var stored = (await tables.ColumnsAsync(table, cancellation)).ToHashSet(StringComparer.Ordinal);
        FeatureDefinition[] texts =
        [
            .. model.Features.Where(feature => feature.Type == FeatureType.Text && stored.Contains(feature.Column)).Take(MaxFeatures),
        ];
        if (texts.Length == 0)
            return found;
        var quantiles = string.Join(", ", Deciles.Select(level => level.ToString(CultureInfo.InvariantCulture)));
        var lengths = texts.Select(feature =>
            $"arrayMap(x -> toFloat64(x), quantilesExactLowIf({quantiles})(lengthUTF8(ifNull({feature.Column}, '')), "
            + $"isNotNull({feature.Column})))"
        );
        using var rows = await store.QueryAsync(new SqlStatement($"SELECT {string.Join(", ", lengths)} FROM {table}"), cancellation);
        if (!rows.Read())
            return found;
        foreach (var feature in texts)
            found[feature.Name] = [.. rows.ReadDoubleArray().Where(double.IsFinite).Distinct()];
        return found;
    }
}

using System.Collections.Frozen;
using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// Reduces a reference's rows to a baseline, inside the engine: first the edges (exact type-7 quantiles) and the most frequent
/// values, then the reference's own counts in these bins.
/// </summary>
public sealed class BaselineComputation(IColumnStore store)
{
    /// <summary>Memory that the exact quantiles of one statement may take: every value is held, 8 bytes each.</summary>
    private const long QuantileBytes = 128L << 20;

    private const int MaxFeaturesPerStatement = 100;
    private static readonly string Levels = string.Join(
        ", ",
        PercentileEdges.Levels.Select(level => level.ToString(CultureInfo.InvariantCulture))
    );

    /// <summary>Different values of a feature, one more than are counted one by one: then there are too many.</summary>
    private static readonly string FewValues = string.Create(
        CultureInfo.InvariantCulture,
        $"groupUniqArrayIf({PercentileEdges.MaxExactValues + 1})"
    );

    /// <summary>Computes the baseline of the rows in <c>reference_{id}_{generation}</c>.</summary>
    /// <param name="model">The model; its features are the table's columns.</param>
    /// <param name="draft">Generation, rows, times: everything but the features.</param>
    /// <param name="ct">Stops between two statements.</param>
    internal async Task<Baseline> ComputeAsync(ModelDefinition model, Baseline draft, CancellationToken ct)
    {
        var table = ModelTables.Reference(model.Id, draft.Generation);
        var features = ProfiledFeature.OfReference(model);
        var numbers = await ReadNumbersAsync(table, [.. features.Where(feature => feature.Type == FeatureType.Numeric)], draft.Rows, ct);
        var categories = await ReadCategoriesAsync(table, [.. features.Where(feature => feature.Type != FeatureType.Numeric)], ct);
        var bins = features
            .Select(feature =>
                (
                    feature,
                    feature.Type == FeatureType.Numeric
                        ? Bins(numbers[feature.Name], draft.Generation)
                        : new FeatureBins(
                            draft.Generation,
                            IsNumeric: false,
                            Categories: categories[feature.Name].Values,
                            HasOther: categories[feature.Name].HasOther
                        )
                )
            )
            .ToList();
        var counted = await CountAsync(table, bins, ct);
        return draft with
        {
            Features = counted
                .Select(profile =>
                    numbers.TryGetValue(profile.Feature, out var number)
                        ? Numeric(profile, number)
                        : Categorical(profile, categories[profile.Feature].Values)
                )
                .Select(feature => feature with { Ordinal = model.FindFeature(feature.Feature)?.Ordinal })
                .ToFrozenDictionary(feature => feature.Feature, StringComparer.Ordinal),
        };
    }

    private sealed record NumberSummary(
        double[] Quantiles,
        double Minimum,
        double Maximum,
        double Mean,
        double StandardDeviation,
        ulong Count,
        double[] Values,
        ulong Whole,
        ulong Different
    )
    {
        /// <summary>Null without any finite value.</summary>
        public PercentileEdges? Edges { get; } =
            Count == 0
                ? null
                : PercentileEdges.FromQuantiles(
                    Ascending(Quantiles, Minimum, Maximum),
                    Values.Length > PercentileEdges.MaxExactValues ? [] : Values
                );

        // Interpolation between two values can leave their range by a rounding step, or overflow between two huge ones.
        private static double[] Ascending(double[] quantiles, double minimum, double maximum)
        {
            var last = minimum;
            return Array.ConvertAll(quantiles, value => last = double.IsFinite(value) ? Math.Clamp(value, last, maximum) : last);
        }
    }

    private static FeatureBins Bins(NumberSummary number, int generation) =>
        number.Edges is { } edges
            ? new FeatureBins(generation, IsNumeric: true, edges.Edges.ToArray(), number.Minimum, number.Maximum)
            : new FeatureBins(generation, IsNumeric: true, []);

    private static FeatureBaseline Categorical(FeatureProfile profile, IReadOnlyList<string> values) =>
        new()
        {
            Feature = profile.Feature,
            IsNumeric = false,
            Categories = [.. values],
            Profile = profile,
            IsNearIdentifier = IsOwn(profile) && FeatureBaseline.AreNearIdentifiers(profile, values.Count),
        };

    // Answers and scores are compared whatever they look like.
    private static bool IsOwn(FeatureProfile profile) => profile.Feature[0] != '@';

    private static FeatureBaseline Numeric(FeatureProfile profile, NumberSummary number) =>
        new()
        {
            Feature = profile.Feature,
            IsNumeric = true,
            Edges = number.Edges is { } edges ? [.. edges.Edges] : [],
            DecileIndices = number.Edges is { } same ? [.. same.DecileIndices] : [],
            Mean = number.Count == 0 ? 0 : number.Mean,
            StandardDeviation = number.Count == 0 ? 0 : number.StandardDeviation,
            Profile = profile,
            IsNearIdentifier =
                IsOwn(profile) && FeatureBaseline.AreCounter(number.Count, number.Whole, number.Different, number.Maximum - number.Minimum),
        };

    private async Task<IReadOnlyList<FeatureProfile>> CountAsync(
        string table,
        IReadOnlyList<(ProfiledFeature Feature, FeatureBins Bins)> features,
        CancellationToken ct
    )
    {
        var profiles = new List<FeatureProfile>();
        foreach (var chunk in features.Chunk(MaxFeaturesPerStatement))
        {
            using var rows = await store.QueryAsync(Counts(table, chunk, []).Select(), ct);
            ProfileRows.Read(rows, profiles);
        }
        return profiles;
    }

    /// <summary>The counts of all rows of a reference in some features' bins, and of each of the segments.</summary>
    internal static ProfileStatement Counts(
        string table,
        IEnumerable<(ProfiledFeature Feature, FeatureBins Bins)> features,
        IReadOnlyList<SegmentColumn> segments
    ) =>
        new()
        {
            Table = table,
            Where = "1",
            // A profile's window is made of whole seconds; the reference's own range is kept in the baseline instead.
            WindowSeconds = "toUInt32(0)",
            WindowLength = 1,
            Version = "''",
            Columns = [.. features.Select((entry, i) => entry.Feature.ToColumn(i, entry.Bins, table))],
            Segments = segments,
        };

    private async Task<Dictionary<string, NumberSummary>> ReadNumbersAsync(
        string table,
        IReadOnlyList<ProfiledFeature> features,
        long rows,
        CancellationToken ct
    )
    {
        var summaries = new Dictionary<string, NumberSummary>(StringComparer.Ordinal);
        var perStatement = (int)Math.Clamp(QuantileBytes / (8 * Math.Max(1, rows)), 1, MaxFeaturesPerStatement);
        foreach (var chunk in features.Chunk(perStatement))
        {
            var columns = chunk.Select(feature =>
                $"""
                    quantilesExactInclusiveIf({Levels})({feature.Sql}, isFinite({feature.Sql})),
                    minIf({feature.Sql}, isFinite({feature.Sql})), maxIf({feature.Sql}, isFinite({feature.Sql})),
                    avgIf({feature.Sql}, isFinite({feature.Sql})), stddevPopStableIf({feature.Sql}, isFinite({feature.Sql})),
                    countIf(isFinite({feature.Sql})),
                    {FewValues}({feature.Sql}, isFinite({feature.Sql})),
                    countIf(isFinite({feature.Sql}) AND {feature.Sql} = floor({feature.Sql})),
                    uniqIf({feature.Sql}, isFinite({feature.Sql}))
                    """
            );
            using var answer = await store.QueryAsync(new SqlStatement($"SELECT {string.Join(",\n", columns)} FROM {table}"), ct);
            answer.Read();
            foreach (var feature in chunk)
            {
                summaries[feature.Name] = new NumberSummary(
                    answer.ReadDoubleArray(),
                    answer.ReadDouble(),
                    answer.ReadDouble(),
                    answer.ReadDouble(),
                    answer.ReadDouble(),
                    answer.ReadUInt64(),
                    answer.ReadDoubleArray(),
                    answer.ReadUInt64(),
                    answer.ReadUInt64()
                );
            }
        }
        return summaries;
    }

    private async Task<Dictionary<string, (IReadOnlyList<string> Values, bool HasOther)>> ReadCategoriesAsync(
        string table,
        IReadOnlyList<ProfiledFeature> features,
        CancellationToken ct
    )
    {
        var found = features.ToDictionary(feature => feature.Name, _ => new List<string>(), StringComparer.Ordinal);
        foreach (var chunk in features.Chunk(MaxFeaturesPerStatement))
        {
            // One pass: each row becomes one (feature, value) per feature. Ties are in the order of the values' bytes.
            using var answer = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    SELECT feature, assumeNotNull(value) AS category
                    FROM (SELECT [{{string.Join(", ", chunk.Select(feature => $"toNullable(toString({feature.Sql}))"))}}] AS row_values
                    FROM {{table}})
                    ARRAY JOIN row_values AS value, range(toUInt32({{chunk.Length}})) AS feature
                    WHERE isNotNull(value)
                    GROUP BY feature, category ORDER BY feature, count() DESC, category LIMIT {{FeatureBaseline.MaxCategories
                        + 1}} BY feature
                    """
                ),
                ct
            );
            while (answer.Read())
                found[chunk[(int)answer.ReadUInt32()].Name].Add(answer.ReadString());
        }
        return found.ToDictionary(
            entry => entry.Key,
            entry =>
                (
                    (IReadOnlyList<string>)[.. entry.Value.Take(FeatureBaseline.MaxCategories)],
                    entry.Value.Count > FeatureBaseline.MaxCategories
                ),
            StringComparer.Ordinal
        );
    }
}

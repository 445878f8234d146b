using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// The reference's own rows of each segment, counted in the bins of all rows: a segment is compared with what it was, not with what all
/// rows were, from which it always differed. Counted once per reference, and in memory.
/// </summary>
public sealed class SegmentReferences(IColumnStore store, SegmentValues segmentValues)
{
    /// <summary>
    /// Rows of the reference below which a segment is compared with all rows: the distance of so few from themselves is as large as drift
    /// that matters.
    /// </summary>
    public const long FewestRows = 300;

    /// <summary>Profiles of a model in memory, of its largest segments; about 1 KB each.</summary>
    private const int MostProfiles = 10_000;

    /// <summary>Models in memory; others are counted again when a window of theirs comes.</summary>
    private const int MostModels = 32;

    /// <summary>Features of one statement: its answer has a profile of each in every segment.</summary>
    private const int FeaturesPerStatement = 20;

    private readonly FittedOnce<(int Generation, int Values), SegmentReference> _counted = new(MostModels);

    /// <summary>What is known of a model's segments; nothing of a model without segments or without a reference.</summary>
    public async Task<SegmentReference> FindAsync(ModelDefinition model, Baseline? baseline, CancellationToken cancellation)
    {
        if (baseline is null || model.Segments.IsEmpty)
            return SegmentReference.None;
        var known = await segmentValues.KnownAsync(model, cancellation);
        var segments = ReferenceSegments.Of(model, known, baseline);
        return segments.Count == 0
            ? SegmentReference.None
            : await _counted.GetAsync(
                model.Id,
                (baseline.Generation, segments.Sum(segment => segment.Values.Count)),
                () => CountAsync(model, baseline, segments),
                cancellation
            );
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _counted.Forget(modelId);

    private async Task<SegmentReference> CountAsync(ModelDefinition model, Baseline baseline, IReadOnlyList<SegmentColumn> segments)
    {
        var table = ModelTables.Reference(model.Id, baseline.Generation);
        var features = ProfiledFeature
            .OfReference(model)
            .Where(feature => baseline.Features.TryGetValue(feature.Name, out var known) && !known.IsNearIdentifier)
            .ToList();
        var scopes = new Dictionary<ProfileScope, Dictionary<string, FeatureProfile>>();
        foreach (var chunk in features.Chunk(FeaturesPerStatement))
        {
            var statement = BaselineComputation.Counts(table, chunk.Select(feature => (feature, feature.Bins(baseline))), segments);
            var profiles = new List<FeatureProfile>();
            using (var rows = await store.QueryAsync(statement.Select(), CancellationToken.None))
                ProfileRows.Read(rows, profiles);
            if (scopes.Count == 0)
                scopes = Largest(profiles, Math.Max(1, MostProfiles / features.Count));
            foreach (var profile in profiles.Where(profile => profile.Present >= FewestRows))
            {
                if (scopes.TryGetValue(profile.Scope, out var counted))
                    counted[profile.Feature] = profile;
            }
        }

        return new SegmentReference(scopes.ToDictionary(pair => pair.Key, pair => (IReadOnlyDictionary<string, FeatureProfile>)pair.Value));
    }

    // What is not told apart is told apart by another list of values in production than here.
    private static Dictionary<ProfileScope, Dictionary<string, FeatureProfile>> Largest(IEnumerable<FeatureProfile> profiles, int most) =>
        profiles
            .Where(profile =>
                profile.Rows >= FewestRows && profile.Scope is { SegmentKey.Length: > 0, SegmentValue: not SegmentValues.Other }
            )
            .DistinctBy(profile => profile.Scope)
            .OrderByDescending(profile => profile.Rows)
            .ThenBy(profile => profile.Scope.Segment, StringComparer.Ordinal)
            .Take(most)
            .ToDictionary(profile => profile.Scope, _ => new Dictionary<string, FeatureProfile>(StringComparer.Ordinal));
}

/// <summary>The counts of a reference by segment and feature.</summary>
/// <param name="scopes">By segment; features with too few rows are not in it.</param>
public sealed class SegmentReference(IReadOnlyDictionary<ProfileScope, IReadOnlyDictionary<string, FeatureProfile>> scopes)
{
    /// <summary>Of nothing.</summary>
    public static SegmentReference None { get; } = new(new Dictionary<ProfileScope, IReadOnlyDictionary<string, FeatureProfile>>());

    /// <summary>
    /// What a feature is compared with in a scope: the reference's rows of the same segment, of all versions, where there are enough, else
    /// all of them. In the bins and the unit (standard deviation) of all rows, so that a segment's numbers are of the same scale.
    /// </summary>
    /// <param name="all">The feature in all rows of the reference.</param>
    /// <param name="scope">The scope.</param>
    public FeatureBaseline In(FeatureBaseline all, ProfileScope scope)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(scope);
        return
            scope.SegmentKey.Length > 0
            && scopes.TryGetValue(scope with { Version = "" }, out var features)
            && features.TryGetValue(all.Feature, out var own)
            && own.Bins.Length == all.Profile.Bins.Length
            ? all with
            {
                Profile = own,
                Mean = own.Mean ?? 0,
            }
            : all;
    }
}

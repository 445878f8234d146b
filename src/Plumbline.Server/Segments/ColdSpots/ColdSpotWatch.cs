using System.Collections.Immutable;
using Plumbline.Server.Hosting;
using Plumbline.Server.Models;

namespace Plumbline.Server.Segments.ColdSpots;

/// <summary>Makes a segment of a finding, so that everything that is computed from then on is computed for it too.</summary>
public sealed class ColdSpotWatch(ModelCatalog models)
{
    /// <summary>What is said when nothing could be added.</summary>
    public static readonly string TooMany = $"A model has at most {ModelLimits.MaxSegments} segments, {ModelLimits.MaxCrosses} crosses and {ModelLimits.MaxSlices} slices: remove one first.";

    /// <summary>Two categories make a cross; more of them would leave too few rows in most of the others.</summary>
    private const int MostCrossed = 2;

    /// <summary>What watching a finding would add; null when all of it is watched already, or when the finding has a condition that no segment can be made of.</summary>
    public static ColdSpotWatchPlan? Plan(ModelDefinition model, ColdSpot spot)
    {
        if (spot.Conditions.Count <= MostCrossed && spot.Conditions.All(condition => IsCategory(model, condition)))
        {
            List<string> features = [.. spot.Conditions.Select(condition => condition.Feature)];
            var watched = features.TrueForAll(feature => model.Segments.Contains(feature)) && (features.Count < MostCrossed || model.Crosses.Any(cross => features.Contains(cross.First) && features.Contains(cross.Second)));
            return watched ? null : new ColdSpotWatchPlan(features, null);
        }

        if (spot.Conditions.Any(condition => condition.Kind == "other" || condition is { Kind: "interval" or "length", From: null, To: null })) return null;
        var slice = new WatchedSlice(
            Problems.Shorten(spot.Text.Replace(" = ", " is ", StringComparison.Ordinal).Replace('=', ':'), ModelLimits.MaxNameLength - 3),
            [.. spot.Conditions.Select(condition => new SliceCondition(condition.Feature, condition.Category, condition.From, condition.To, condition.Kind == "missing"))]);
        return model.Segments.Contains(WatchedSlice.Dimension) || model.Slices.Any(known => known.Name == slice.Name || known.Where.SequenceEqual(slice.Where)) ? null : new ColdSpotWatchPlan([], slice);
    }

    /// <summary>Carries a plan out. False when the model has as many segments, crosses or slices as it may have; then nothing was changed.</summary>
    public Task<bool> WatchAsync(int modelId, ColdSpotWatchPlan plan, CancellationToken cancellation) =>
        plan.Slice is { } slice ? models.WatchSliceAsync(modelId, slice, cancellation) : models.WatchSegmentsAsync(modelId, plan.Features, cancellation);

    private static bool IsCategory(ModelDefinition model, ColdSpotCondition condition) =>
        condition.Kind == "category" && model.FindFeature(condition.Feature) is { Type: FeatureType.Categorical or FeatureType.Boolean };
}

/// <summary>What watching a finding adds: features that become segments (and a cross, of two), or a slice.</summary>
public sealed record ColdSpotWatchPlan(IReadOnlyList<string> Features, WatchedSlice? Slice)
{
    /// <summary>What is told apart then.</summary>
    public string Words => Slice is { } slice ? $"\"{slice.Name}\"" : string.Join(" and ", Features);
}

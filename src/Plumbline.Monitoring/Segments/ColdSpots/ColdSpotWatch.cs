using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>
/// Makes a segment of a finding: everything is computed for it too, from then on and for the windows that the search compared.
/// </summary>
public sealed class ColdSpotWatch(ModelCatalog models, MetricPointStore points, WindowLedger ledger)
{
    /// <summary>Windows computed again at most, the newest ones: a minute's windows of months are not worth the wait.</summary>
    private const int MostWindows = 1_500;

    /// <summary>What is said when nothing could be added.</summary>
    public static readonly string TooMany =
        $"A model has at most {ModelLimits.MaxSegments} segments, {ModelLimits.MaxCrosses} crosses and {ModelLimits.MaxSlices} "
        + "slices: remove one first.";

    /// <summary>Two categories make a cross; more of them would leave too few rows in most of the others.</summary>
    private const int MostCrossed = 2;

    /// <summary>
    /// What watching a finding would add; null when all of it is watched already, or when the finding has a condition that no segment can
    /// be made of.
    /// </summary>
    public static ColdSpotWatchPlan? Plan(ModelDefinition model, ColdSpot spot)
    {
        if (spot.Conditions.Count <= MostCrossed && spot.Conditions.All(condition => IsCategory(model, condition)))
        {
            List<string> features = [.. spot.Conditions.Select(condition => condition.Feature)];
            var watched =
                features.TrueForAll(feature => model.Segments.Contains(feature))
                && (
                    features.Count < MostCrossed
                    || model.Crosses.Any(cross => features.Contains(cross.First) && features.Contains(cross.Second))
                );
            return watched ? null : new ColdSpotWatchPlan(features, null);
        }

        List<SliceCondition> conditions = [.. spot.Conditions.Select(condition => condition.AsSliceCondition()).OfType<SliceCondition>()];
        if (conditions.Count < spot.Conditions.Count)
            return null;
        var slice = new WatchedSlice(
            Problems.Shorten(spot.Text.Replace(" = ", " is ", StringComparison.Ordinal).Replace('=', ':'), ModelLimits.MaxNameLength - 3),
            [.. conditions]
        );
        return
            model.Segments.Contains(WatchedSlice.Dimension)
            || model.Slices.Any(known => known.Name == slice.Name || known.Where.SequenceEqual(slice.Where))
            ? null
            : new ColdSpotWatchPlan([], slice);
    }

    /// <summary>
    /// Carries a plan out. False when the model has as many segments, crosses or slices as it may have; then nothing was changed.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="plan">What to add.</param>
    /// <param name="report">The search that found it: the windows of its period and of the one before are computed again.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<bool> WatchAsync(ModelDefinition model, ColdSpotWatchPlan plan, ColdSpotReport report, CancellationToken cancellation)
    {
        if (
            !await (
                plan.Slice is { } slice
                    ? models.WatchSliceAsync(model.Id, slice, cancellation)
                    : models.WatchSegmentsAsync(model.Id, plan.Features, cancellation)
            )
        )
        {
            return false;
        }

        var query = new MetricQuery
        {
            Metrics = [InputMetrics.Rows],
            Features = null,
            Segment = "",
            Version = "",
            From = report.From - (report.To - report.From),
            To = report.To,
            Window = model.Window,
            Limit = 200_000,
        };
        var windows = (await points.ReadAsync(model, query, cancellation))
            .Select(point => point.WindowStart)
            .Distinct()
            .OrderDescending()
            .Take(MostWindows);
        await ledger.MarkDirtyAsync(model.Id, [.. windows], DirtyReason.Predictions, cancellation);
        return true;
    }

    private static bool IsCategory(ModelDefinition model, ColdSpotCondition condition) =>
        condition.Kind == "category" && model.FindFeature(condition.Feature) is { Type: FeatureType.Categorical or FeatureType.Boolean };
}

/// <summary>What watching a finding adds: features that become segments (and a cross, of two), or a slice.</summary>
public sealed record ColdSpotWatchPlan(IReadOnlyList<string> Features, WatchedSlice? Slice)
{
    /// <summary>What is told apart then.</summary>
    public string Words => Slice is { } slice ? $"\"{slice.Name}\"" : string.Join(" and ", Features);
}

using Plumbline.Server.Models;
using Plumbline.Server.Profiles;
using Plumbline.Server.References;
using Plumbline.Server.Windows;

namespace Plumbline.Server.Metrics;

/// <summary>
/// From events to metric points for some windows of one model: profiles in the engine, then every calculator, then the points are written.
/// Computing a window twice gives the same points; work per window does not depend on how much history there is.
/// </summary>
public sealed class WindowComputation(
    ProfileStore profiles, BaselineCatalog baselines, MetricPointStore points, IEnumerable<IProfileCalculator> profileCalculators, IEnumerable<IEventCalculator> eventCalculators)
{
    /// <summary>Feature profiles held in memory at once while points are made; about 1 KB each.</summary>
    private const int ProfilesInMemory = 20_000;

    /// <summary>Computes base windows: profiles from events where predictions or the reference changed, then the points.</summary>
    public async Task ComputeBaseAsync(ModelDefinition model, IReadOnlyList<DirtyWindow> windows, CancellationToken cancellation)
    {
        var stale = windows.Where(window => window.NeedsProfiles).ToList();
        if (stale.Count > 0) await profiles.ComputeAsync(model, [.. stale.Select(window => window.Start)], cancellation);
        var result = new List<MetricPoint>();
        var perRun = Math.Clamp(ProfilesInMemory / Math.Max(1, model.Features.Length * (1 + (model.Segments.Length * 10))), 1, 64);
        foreach (var run in ConsecutiveWindows.Split([.. stale.Select(window => new MetricWindow(window.Start, window.Start + window.Length))], perRun))
        {
            var rows = await profiles.ReadAsync(model, run[0].Start, run[^1].End, new ProfileQuery(), cancellation);
            foreach (var window in rows.GroupBy(row => row.WindowStart))
                Calculate(model, new MetricWindow(window.Key, window.Key + model.Window), window, result);
            await FlushAsync(model, result, cancellation);
        }

        await ComputeEventsAsync(model, windows, result, cancellation);
    }

    /// <summary>Computes days or weeks by merging stored base profiles, and event calculators over the whole window.</summary>
    public async Task ComputeCoarseAsync(ModelDefinition model, IReadOnlyList<DirtyWindow> windows, CancellationToken cancellation)
    {
        var result = new List<MetricPoint>();
        foreach (var dirty in windows)
        {
            var window = new MetricWindow(dirty.Start, dirty.Start + dirty.Length);
            if (dirty.NeedsProfiles)
            {
                Calculate(model, window, await profiles.ReadMergedAsync(model, window.Start, window.End, new ProfileQuery(), cancellation), result);
                await FlushAsync(model, result, cancellation);
            }

            await ComputeEventsAsync(model, [dirty], result, cancellation);
        }
    }

    /// <summary>Points of a window that is still open, from its events so far; nothing is stored.</summary>
    public async Task<IReadOnlyList<MetricPoint>> ComputeLiveAsync(ModelDefinition model, MetricWindow window, CancellationToken cancellation)
    {
        var result = new List<MetricPoint>();
        Calculate(model, window, await profiles.ComputeLiveAsync(model, window.Start, window.End, cancellation), result);
        foreach (var calculator in eventCalculators.Where(calculator => calculator.IncludesOpenWindows)) await calculator.CalculateAsync(model, [window], result, cancellation);
        return [.. result.Select(point => point.Status == MetricStatus.Ok ? point with { Status = MetricStatus.Incomplete } : point)];
    }

    private async Task ComputeEventsAsync(ModelDefinition model, IReadOnlyList<DirtyWindow> windows, List<MetricPoint> result, CancellationToken cancellation)
    {
        foreach (var calculator in eventCalculators)
        {
            var concerned = windows.Where(window => (window.Reasons & calculator.FollowsFrom) != DirtyReason.None).Select(window => new MetricWindow(window.Start, window.Start + window.Length)).ToList();
            if (concerned.Count > 0) await calculator.CalculateAsync(model, concerned, result, cancellation);
        }

        await FlushAsync(model, result, cancellation);
    }

    private void Calculate(ModelDefinition model, MetricWindow window, IEnumerable<FeatureProfile> rows, List<MetricPoint> result)
    {
        var baseline = baselines.Find(model.Id);
        foreach (var (scope, features) in ScopeMerge.Merge(rows))
        {
            var scoped = new ScopeProfiles(model, baseline, window, scope, WorthTelling(scope, features));
            var sink = new MetricSink(result, window, scope);
            foreach (var calculator in profileCalculators) calculator.Calculate(scoped, sink);
        }
    }

    /// <summary>
    /// A segment with fewer rows than a number needs would get an insufficient_data point for each feature and measure: thousands that say the
    /// same. Its row count and the points about its answers say it once; the features are left out.
    /// </summary>
    private static IReadOnlyDictionary<string, FeatureProfile> WorthTelling(ProfileScope scope, Dictionary<string, FeatureProfile> features) =>
        scope.SegmentKey.Length > 0 && features.Values.All(profile => profile.Rows < MetricSink.MinimumRows)
            ? features.Where(pair => pair.Key[0] == '@').ToDictionary(StringComparer.Ordinal)
            : features;

    private async Task FlushAsync(ModelDefinition model, List<MetricPoint> result, CancellationToken cancellation)
    {
        if (result.Count == 0) return;
        await points.WriteAsync(model.Id, result, cancellation);
        result.Clear();
    }
}

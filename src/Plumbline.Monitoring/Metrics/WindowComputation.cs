using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// From events to metric points for some windows of one model: profiles in the engine, then every calculator, then the points are written.
/// Computing a window twice gives the same points; work per window does not depend on how much history there is.
/// </summary>
public sealed class WindowComputation(
    ProfileStore profiles,
    BaselineCatalog baselines,
    SegmentReferences references,
    MetricPointStore points,
    GenerationClock clock,
    IEnumerable<IProfileCalculator> profileCalculators,
    IEnumerable<IEventCalculator> eventCalculators,
    IWindowRows windowRows,
    ILogger<WindowComputation> log
)
{
    /// <summary>Feature profiles held in memory at once while points are made; about 1 KB each.</summary>
    private const int ProfilesInMemory = 20_000;

    /// <summary>
    /// Points that wait to be written with those that follow, some hundred bytes each: a statement costs what ten thousand points cost.
    /// </summary>
    private const int PointsInMemory = 10_000;

    /// <summary>Computes base windows: profiles from events where predictions or the reference changed, then the points.</summary>
    /// <returns>Calculators that failed and why; the points of all others are written.</returns>
    public async Task<IReadOnlyList<string>> ComputeBaseAsync(
        ModelDefinition model,
        IReadOnlyList<DirtyWindow> windows,
        CancellationToken cancellation
    )
    {
        var rewritten = windows.Where(window => window.IsRewritten).Select(window => window.Start).ToList();
        var before = rewritten.Count > 0 ? await clock.NextAsync(cancellation) : default;
        var stale = windows.Where(window => window.NeedsProfiles).ToList();
        if (stale.Count > 0)
        {
            // A model without a reference may get one here: its first complete days.
            await baselines.ReadyAsync(model, cancellation);
            await profiles.ComputeAsync(model, [.. stale.Select(window => window.Start)], cancellation);
        }

        if (rewritten.Count > 0)
            await profiles.RetireAsync(model, rewritten, before, cancellation);
        var result = new List<MetricPoint>();
        var compared = await ComparedAsync(model, cancellation);
        var perRun = Math.Clamp(
            ProfilesInMemory / Math.Max(1, model.Features.Length * (1 + (model.Segments.Length * 10))),
            1,
            ConsecutiveWindows.ReadAtOnce
        );
        foreach (var run in ConsecutiveWindows.Split([.. stale.Select(WindowOf)], perRun))
        {
            var rows = await profiles.ReadAsync(model, run[0].Start, run[^1].End, new ProfileQuery(), cancellation);
            foreach (var window in rows.GroupBy(row => row.WindowStart))
                Calculate(model, new MetricWindow(window.Key, window.Key + model.Window), window, compared, result);
            await FlushAsync(model, result, atLeast: PointsInMemory, cancellation);
        }

        var failures = await ComputeEventsAsync(model, windows, result, cancellation);
        await FlushAsync(model, result, atLeast: 1, cancellation);
        // After a failure the windows stay on the list, and what is old may still be made again.
        if (rewritten.Count > 0 && failures.Count == 0)
            await points.RetireAsync(model.Id, model.Window, rewritten, before, cancellation);
        return failures;
    }

    /// <summary>Computes days or weeks by merging stored base profiles, and event calculators over the whole window.</summary>
    /// <returns>Calculators that failed and why; the points of all others are written.</returns>
    public async Task<IReadOnlyList<string>> ComputeCoarseAsync(
        ModelDefinition model,
        IReadOnlyList<DirtyWindow> windows,
        CancellationToken cancellation
    )
    {
        var result = new List<MetricPoint>();
        var failures = new List<string>();
        var compared = await ComparedAsync(model, cancellation);
        foreach (var dirty in windows)
        {
            var window = new MetricWindow(dirty.Start, dirty.Start + dirty.Length);
            var before = dirty.IsRewritten ? await clock.NextAsync(cancellation) : default;
            if (dirty.NeedsProfiles)
            {
                Calculate(
                    model,
                    window,
                    await profiles.ReadMergedAsync(model, window.Start, window.End, new ProfileQuery(), cancellation),
                    compared,
                    result
                );
            }

            var failed = await ComputeEventsAsync(model, [dirty], result, cancellation);
            // What is new is written before what is old is retired: a reader never finds neither.
            await FlushAsync(model, result, atLeast: dirty.IsRewritten ? 1 : PointsInMemory, cancellation);
            if (dirty.IsRewritten && failed.Count == 0)
                await points.RetireAsync(model.Id, dirty.Length, [dirty.Start], before, cancellation);
            failures.AddRange(failed);
        }

        await FlushAsync(model, result, atLeast: 1, cancellation);
        return failures;
    }

    /// <summary>Points of a window that is still open, from its events so far; nothing is stored.</summary>
    public async Task<IReadOnlyList<MetricPoint>> ComputeLiveAsync(
        ModelDefinition model,
        MetricWindow window,
        CancellationToken cancellation
    )
    {
        var result = new List<MetricPoint>();
        var compared = await ComparedAsync(model, cancellation);
        Calculate(model, window, await profiles.ComputeLiveAsync(model, window.Start, window.End, cancellation), compared, result);
        foreach (var calculator in eventCalculators.Where(calculator => calculator.IncludesOpenWindows))
            await CalculateAsync(calculator, model, [window], result, cancellation);
        return
        [
            .. result
                .SelectMany(point => point.Apart())
                .Select(point => point.Status == MetricStatus.Ok ? point with { Status = MetricStatus.Incomplete } : point),
        ];
    }

    private async Task<IReadOnlyList<string>> ComputeEventsAsync(
        ModelDefinition model,
        IReadOnlyList<DirtyWindow> windows,
        List<MetricPoint> result,
        CancellationToken cancellation
    )
    {
        var reasons = windows.ToDictionary(window => window.Start, window => window.Reasons);
        var all = windows.Select(WindowOf).ToList();
        var failures = new HashSet<string>(StringComparer.Ordinal);
        foreach (var run in ConsecutiveWindows.Split(all))
        {
            using var kept = windowRows.Keep(model, run);
            await AddAsync(run, sharesRows: true);
        }

        await AddAsync(all, sharesRows: false);
        return [.. failures];

        async Task AddAsync(IReadOnlyList<MetricWindow> some, bool sharesRows)
        {
            foreach (var calculator in eventCalculators.Where(calculator => calculator.SharesRows == sharesRows))
            {
                var wanted = calculator.FollowsFrom | DirtyReason.Rewritten;
                var concerned = some.Where(window => (reasons[window.Start] & wanted) != DirtyReason.None).ToList();
                if (concerned.Count > 0 && await CalculateAsync(calculator, model, concerned, result, cancellation) is { } failure)
                    failures.Add(failure);
            }
        }
    }

    private static MetricWindow WindowOf(DirtyWindow window) => new(window.Start, window.Start + window.Length);

    private async Task<string?> CalculateAsync(
        IEventCalculator calculator,
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> result,
        CancellationToken cancellation
    )
    {
        var before = result.Count;
        try
        {
            await calculator.CalculateAsync(model, windows, result, cancellation);
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            // Half of a calculator's points would be neither old nor new.
            result.RemoveRange(before, result.Count - before);
            log.CalculatorFailed(error, calculator.GetType().Name, model.Name);
            return $"{calculator.MissingOnFailure}: {error.Message}";
        }
    }

    // What was counted of the reference by segment cannot hold up everything else.
    private async Task<Compared> ComparedAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var baseline = baselines.Find(model);
        try
        {
            return new(baseline, await references.FindAsync(model, baseline, cancellation));
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.SegmentsNotCounted(error, model.Name);
            return new(baseline, SegmentReference.None);
        }
    }

    private void Calculate(
        ModelDefinition model,
        MetricWindow window,
        IEnumerable<FeatureProfile> rows,
        Compared compared,
        List<MetricPoint> result
    )
    {
        foreach (var (scope, features, also) in VersionScopes.Apart(ScopeMerge.Merge(rows), RowsOf))
        {
            var scoped = new ScopeProfiles(model, compared.Baseline, window, scope, WorthTelling(scope, features), compared.Segments);
            var sink = new MetricSink(result, window, scope, also);
            foreach (var calculator in profileCalculators)
                Calculate(calculator, scoped, sink);
        }
    }

    private void Calculate(IProfileCalculator calculator, ScopeProfiles scoped, MetricSink sink)
    {
        try
        {
            calculator.Calculate(scoped, sink);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What it had added stays; the first of its metrics says that the rest is missing, and why.
            sink.AddFailed(calculator.Metrics[0].Name, error.Message);
            log.OpenWindowFailed(error, calculator.GetType().Name, scoped.Model.Name);
        }
    }

    // Of every feature, as not all of them have a profile of every version.
    private static long RowsOf(Dictionary<string, FeatureProfile> features) => features.Values.Sum(profile => profile.Rows);

    /// <summary>
    /// A segment with fewer rows than a number needs would get an insufficient_data point for each feature and measure: thousands that say
    /// the same. Its row count and the points about its answers say it once; the features are left out.
    /// </summary>
    private static IReadOnlyDictionary<string, FeatureProfile> WorthTelling(
        ProfileScope scope,
        Dictionary<string, FeatureProfile> features
    ) =>
        scope.SegmentKey.Length > 0 && features.Values.All(profile => profile.Rows < MetricSink.MinimumRows)
            ? features.Where(pair => pair.Key[0] == '@').ToDictionary(StringComparer.Ordinal)
            : features;

    /// <summary>What windows are compared with.</summary>
    private readonly record struct Compared(Baseline? Baseline, SegmentReference Segments);

    private async Task FlushAsync(ModelDefinition model, List<MetricPoint> result, int atLeast, CancellationToken cancellation)
    {
        if (result.Count < atLeast)
            return;
        await points.WriteAsync(model.Id, result, cancellation);
        result.Clear();
    }
}

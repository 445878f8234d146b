using System.Collections.Concurrent;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Metrics;

/// <summary>What pages and the API read: stored points, and for windows that are not closed yet the points as of now.</summary>
public sealed class MetricReader(MetricPointStore points, WindowComputation computation, WindowLedger ledger, TimeProvider time)
{
    /// <summary>How long the points of an open window are answered again before they are computed again.</summary>
    private static readonly TimeSpan LiveFor = TimeSpan.FromSeconds(5);

    /// <summary>Open windows are answered live back from now; windows in the future wait until their time comes.</summary>
    private const int MaximumLiveWindows = 12;

    private readonly ConcurrentDictionary<(int Model, DateTimeOffset Start), LivePoints> _live = new();

    /// <summary>Points in the order of <see cref="MetricCursor"/>; at most the query's limit.</summary>
    public async Task<IReadOnlyList<MetricPoint>> ReadAsync(ModelDefinition model, MetricQuery query, CancellationToken cancellation)
    {
        var stored = await points.ReadAsync(model, query, cancellation);
        if ((query.Window ?? model.Window) != model.Window)
            return stored;
        var live = new List<MetricPoint>();
        foreach (var window in OpenWindows(model, query))
            live.AddRange((await LiveAsync(model, window, cancellation)).Where(query.Selects));
        if (live.Count == 0)
            return stored;
        // A window that was stored and is open (its lateness was lengthened) would come twice: live wins.
        var starts = live.Select(point => point.WindowStart).ToHashSet();
        return
        [
            .. stored
                .Where(point => !starts.Contains(point.WindowStart))
                .Concat(live)
                .OrderBy(point => point, MetricOrder.Instance)
                .Take(query.Limit),
        ];
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId)
    {
        foreach (var key in _live.Keys.Where(key => key.Model == modelId))
            _live.TryRemove(key, out _);
    }

    private IEnumerable<MetricWindow> OpenWindows(ModelDefinition model, MetricQuery query)
    {
        var now = time.GetUtcNow();
        var first = model.WindowStart(ledger.ClosedBefore(model) - TimeSpan.FromMilliseconds(1)) + model.Window;
        for (var (start, i) = (first, 0); start <= now && i < MaximumLiveWindows; start += model.Window, i++)
        {
            if (start >= query.From && start < query.To)
                yield return new MetricWindow(start, start + model.Window);
        }
    }

    private async Task<IReadOnlyList<MetricPoint>> LiveAsync(ModelDefinition model, MetricWindow window, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (_live.TryGetValue((model.Id, window.Start), out var known) && now - known.At < LiveFor)
            return known.Points;
        var computed = new LivePoints(now, await computation.ComputeLiveAsync(model, window, cancellation));
        foreach (var (key, old) in _live)
        {
            if (now - old.At > TimeSpan.FromMinutes(1))
                _live.TryRemove(key, out _);
        }

        _live[(model.Id, window.Start)] = computed;
        return computed.Points;
    }

    private sealed record LivePoints(DateTimeOffset At, IReadOnlyList<MetricPoint> Points);
}

/// <summary>The order of the store's key.</summary>
internal sealed class MetricOrder : IComparer<MetricPoint>
{
    public static MetricOrder Instance { get; } = new();

    public static int Compare(MetricPoint point, MetricCursor cursor) =>
        Compare(
            (point.Metric, point.Segment, point.Version, point.Feature, point.Class, point.WindowStart),
            (cursor.Metric, cursor.Segment, cursor.Version, cursor.Feature, cursor.Class, cursor.WindowStart)
        );

    public int Compare(MetricPoint? x, MetricPoint? y) =>
        Compare(
            (x!.Metric, x.Segment, x.Version, x.Feature, x.Class, x.WindowStart),
            (y!.Metric, y.Segment, y.Version, y.Feature, y.Class, y.WindowStart)
        );

    private static int Compare(
        (string Metric, string Segment, string Version, string Feature, string Class, DateTimeOffset Start) a,
        (string Metric, string Segment, string Version, string Feature, string Class, DateTimeOffset Start) b
    )
    {
        var order = string.CompareOrdinal(a.Metric, b.Metric);
        if (order == 0)
            order = string.CompareOrdinal(a.Segment, b.Segment);
        if (order == 0)
            order = string.CompareOrdinal(a.Version, b.Version);
        if (order == 0)
            order = string.CompareOrdinal(a.Feature, b.Feature);
        if (order == 0)
            order = string.CompareOrdinal(a.Class, b.Class);
        return order == 0 ? a.Start.CompareTo(b.Start) : order;
    }
}

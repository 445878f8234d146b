using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Evaluation;

/// <summary>The metric points that some rules need over some windows, by scope and window.</summary>
public sealed class PointGrid
{
    private const int PointsPerRead = 200_000;

    private readonly Dictionary<
        (string Metric, string Feature, string Class, string Segment, string Version),
        Dictionary<DateTimeOffset, MetricPoint>
    > _points = [];

    /// <summary>Scopes that have any point of a metric.</summary>
    public IEnumerable<MetricPoint> Scopes(string metric) =>
        _points.Where(pair => pair.Key.Metric == metric).Select(pair => pair.Value.Values.First());

    public MetricPoint? Find(StreamKey key, DateTimeOffset start) =>
        _points.TryGetValue((key.Metric, key.Feature, key.Class, key.Segment, key.Version), out var windows)
            ? windows.GetValueOrDefault(start)
            : null;

    /// <summary>Reads what the rules watch in [from, to), and for rules that compare with the past the same hours before.</summary>
    public static async Task<PointGrid> ReadAsync(
        MetricPointStore store,
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        TimeSpan window,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var grid = new PointGrid();
        foreach (
            var group in rules.GroupBy(rule =>
                (
                    Segments: rule.Segment.Length > 0,
                    Versions: rule.Version.Length > 0 || rule.Kind.ComparesVersions,
                    Back: rule.Kind.LooksBack(rule)
                )
            )
        )
        {
            var query = new MetricQuery
            {
                Metrics = [.. group.Select(rule => rule.Metric).Distinct(StringComparer.Ordinal)],
                Features = group.All(rule => rule.Features is not null)
                    ? [.. group.SelectMany(rule => rule.Features!).Distinct(StringComparer.Ordinal)]
                    : null,
                Segment = group.Key.Segments ? null : "",
                Version = group.Key.Versions ? null : "",
                From = from - group.Key.Back,
                To = to,
                Window = window,
                Limit = PointsPerRead,
            };
            await grid.ReadAsync(store, model, query, cancellation);
        }

        return grid;
    }

    private async Task ReadAsync(MetricPointStore store, ModelDefinition model, MetricQuery query, CancellationToken cancellation)
    {
        while (true)
        {
            var points = await store.ReadAsync(model, query, cancellation);
            foreach (var point in points)
                Add(point);
            if (points.Count < query.Limit)
                return;
            var last = points[^1];
            query = query with
            {
                After = new MetricCursor(last.Metric, last.Segment, last.Version, last.Feature, last.Class, last.WindowStart),
            };
        }
    }

    private void Add(MetricPoint point)
    {
        var key = (point.Metric, point.Feature, point.Class, point.Segment, point.Version);
        if (!_points.TryGetValue(key, out var windows))
            _points[key] = windows = [];
        windows[point.WindowStart] = point;
    }
}

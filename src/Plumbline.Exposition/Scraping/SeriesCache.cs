using System.Collections.Concurrent;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Exposition.Scraping;

/// <summary>
/// The newest window's points of every model as series. Only models whose points have changed since the last scrape are read again, all of
/// one window length in one statement.
/// </summary>
internal sealed class SeriesCache(IColumnStore store, MetricPointStore points, ModelCatalog models, ExpositionOptions options) : IDisposable
{
    private static readonly string[] LateMetrics =
    [
        // How much is labelled is known of every window, labelled or not.
        .. KnownMetrics
            .All.Where(metric => metric.NeedsGroundTruth && metric.Aspect != MetricAspect.Labels)
            .Select(metric => metric.Name),
    ];

    private readonly ConcurrentDictionary<int, ModelSeries> _known = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Of every model that has any, by name.</summary>
    public async Task<IReadOnlyList<ModelSeries>> ReadAsync(CancellationToken cancellation)
    {
        // Two scrapers at once would read the same twice.
        await _one.WaitAsync(cancellation);
        try
        {
            foreach (var sameWindow in models.All.Where(IsStale).GroupBy(model => model.Window))
                await ReadAsync([.. sameWindow], sameWindow.Key, cancellation);
            return [.. models.All.Select(model => _known.GetValueOrDefault(model.Id)).OfType<ModelSeries>()];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _known.TryRemove(modelId, out _);

    public void Dispose() => _one.Dispose();

    private bool IsStale(ModelDefinition model) =>
        !_known.TryGetValue(model.Id, out var known)
        || known.Changes != points.ChangesOf(model.Id)
        || known.Window != model.Window
        || known.Model != model.Name;

    private async Task ReadAsync(IReadOnlyList<ModelDefinition> stale, TimeSpan window, CancellationToken cancellation)
    {
        // The numbers of changes before the points: what changes meanwhile is read again next time.
        var read = stale.ToDictionary(
            model => model.Id,
            model => new ModelSeries
            {
                Changes = points.ChangesOf(model.Id),
                Model = model.Name,
                Window = window,
            }
        );
        using (var rows = await store.QueryAsync(Statement(read.Keys, window), cancellation))
        {
            while (rows.Read())
                Take(rows, read[(int)rows.ReadUInt32()]);
        }

        foreach (var (id, series) in read)
            _known[id] = series;
    }

    private void Take(QueryRows rows, ModelSeries series)
    {
        var (metric, feature, label) = (rows.ReadString(), rows.ReadString(), rows.ReadString());
        var (segment, version) = (rows.ReadString(), rows.ReadString());
        var (value, end, all) = (rows.ReadDouble(), rows.ReadDateTime(), rows.ReadUInt64());
        series.Dropped = Math.Max(0, (long)all - options.MaxSeriesPerModel);
        if (ExposedMetric.Find(metric) is not var (exposed, signal))
            return;
        series.Note(end, LateMetrics.Contains(metric, StringComparer.Ordinal));
        series.Add(
            exposed,
            [
                ("model", series.Model),
                ("version", version),
                ("segment", segment),
                ("feature", feature),
                ("class", label),
                ("signal", signal),
            ],
            value
        );
    }

    /// <summary>
    /// The points with a value of each model's newest window; of metrics that wait for ground truth those of the newest window that has
    /// one. All rows together come before versions, and these before segments, so that a limit takes what is most particular.
    /// </summary>
    private SqlStatement Statement(IEnumerable<int> ids, TimeSpan window)
    {
        const string Series = "model_id, metric, segment, of_version, feature, class";
        const string Text = $$"""
            SELECT model_id, toString(metric) AS m, toString(feature) AS f, toString(class) AS c, toString(segment) AS s, of_version,
                assumeNotNull(value) AS v, window_end, count() OVER (PARTITION BY model_id) AS all_series
            FROM
            (
                SELECT {{Series}}, value, window_start, window_end
                FROM
                (
                    SELECT {{Series}}, value, status, window_start, window_end
                    FROM
                    (
                        SELECT model_id, metric, segment, {{PointVersions.Each}} AS of_version, feature, class, value, status,
                            window_start, window_end, computed_at
                        FROM metric_points AS points INNER JOIN
                        (
                            SELECT model_id, max(window_start) AS newest FROM metric_points
                            WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {seconds:UInt32}
                                AND metric = 'system.requests' AND segment = '' AND version = ''
                            GROUP BY model_id
                        ) AS newest_windows USING (model_id)
                        WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {seconds:UInt32} AND (window_start = newest
                            OR (metric IN {late:Array(String)} AND window_start > newest - {age:UInt32} AND window_start < newest))
                    )
                    ORDER BY {{Series}}, window_start, computed_at DESC LIMIT 1 BY {{Series}}, window_start
                )
                WHERE status = 'ok' AND isNotNull(value)
                ORDER BY {{Series}}, window_start DESC LIMIT 1 BY {{Series}}
            )
            ORDER BY model_id, segment != '', of_version != '', metric, feature, class, segment, of_version
            LIMIT {limit:UInt32} BY model_id
            """;
        return new SqlStatement(
            Text,
            new("models", ids),
            new("seconds", (int)window.TotalSeconds),
            new("late", LateMetrics),
            new("age", (int)Math.Min(options.MaxAge.TotalSeconds, int.MaxValue)),
            new("limit", options.MaxSeriesPerModel)
        );
    }
}

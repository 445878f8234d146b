using System.Collections.Concurrent;
using System.Collections.Frozen;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Store;

namespace Plumbline.Exposition.Scraping;

/// <summary>
/// The newest window's numbers of every model. A model is read when it is scraped first, and follows from then on what is written of
/// it; when nobody has scraped for an hour, all are forgotten.
/// </summary>
internal sealed class SeriesCache : IDisposable
{
    /// <summary>The metric that every window with predictions has.</summary>
    public const string Traffic = SystemMetrics.Requests;

    /// <summary>Models that are read in one statement: few enough that what the engine sorts stays small.</summary>
    private const int ReadAtOnce = 5;

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    // How much is labelled is known of every window, labelled or not.
    private static readonly string[] LateMetrics =
    [
        .. KnownMetrics.All.Where(metric => metric.NeedsGroundTruth && metric.Aspect != MetricAspect.Labels).Select(metric => metric.Name),
    ];

    private readonly IColumnStore _store;
    private readonly MetricPointStore _points;
    private readonly ModelCatalog _models;
    private readonly ExpositionOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, ModelSeries> _known = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset _scraped;

    public SeriesCache(IColumnStore store, MetricPointStore points, ModelCatalog models, ExpositionOptions options, TimeProvider time)
    {
        (_store, _points, _models, _options, _time) = (store, points, models, options, time);
        _points.Written += Follow;
    }

    /// <summary>Places of metrics that wait for ground truth.</summary>
    public static FrozenSet<int> LatePlaces { get; } = LateMetrics.Select(metric => ExposedMetric.Places[metric]).ToFrozenSet();

    /// <summary>Of every model, by name.</summary>
    public async Task<IReadOnlyList<ModelSeries>> ReadAsync(CancellationToken cancellation)
    {
        // Two scrapers at once would read the same twice.
        using var turn = await _one.EnterAsync(cancellation);
        _scraped = _time.GetUtcNow();
        foreach (var sameWindow in _models.All.Where(IsStale).GroupBy(model => model.Window))
        {
            foreach (var some in sameWindow.Chunk(ReadAtOnce))
                await ReadAsync(some, sameWindow.Key, cancellation);
        }

        return [.. _models.All.Select(model => _known.GetValueOrDefault(model.Id)).OfType<ModelSeries>()];
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _known.TryRemove(modelId, out _);

    public void Dispose()
    {
        _points.Written -= Follow;
        _one.Dispose();
    }

    private void Follow(int modelId, long changes, IReadOnlyCollection<MetricPoint>? points)
    {
        if (_time.GetUtcNow() - _scraped > ForgottenAfter)
            _known.Clear();
        else if (_known.TryGetValue(modelId, out var series))
            series.Follow(points, changes);
    }

    private bool IsStale(ModelDefinition model) =>
        !_known.TryGetValue(model.Id, out var known)
        || known.Changes != _points.ChangesOf(model.Id)
        || known.Window != model.Window
        || known.Model != model.Name;

    private async Task ReadAsync(IReadOnlyList<ModelDefinition> stale, TimeSpan window, CancellationToken cancellation)
    {
        // The numbers of changes before the points: what changes meanwhile is read again next time.
        var read = stale.ToDictionary(
            model => model.Id,
            model => (Series: new ModelSeries(model.Name, window, _options.MaxSeriesPerModel), Changes: _points.ChangesOf(model.Id))
        );
        var (of, points, all) = (0, new List<MetricPoint>(), 0L);
        using (var rows = await _store.QueryAsync(Statement(read.Keys, window), cancellation))
        {
            while (rows.Read())
            {
                var id = (int)rows.ReadUInt32();
                if (id != of && of != 0)
                    Fill();
                (of, var point, all) = (id, Point(rows, window), (long)rows.ReadUInt64());
                points.Add(point);
            }
        }

        if (of != 0)
            Fill();
        foreach (var (id, (series, changes)) in read)
        {
            if (series.Changes < 0)
                series.Fill([], changes, 0);
            _known[id] = series;
        }

        void Fill()
        {
            read[of].Series.Fill(points, read[of].Changes, Math.Max(0, all - _options.MaxSeriesPerModel));
            points.Clear();
        }
    }

    private static MetricPoint Point(QueryRows rows, TimeSpan window)
    {
        var (metric, feature, label) = (rows.ReadString(), rows.ReadString(), rows.ReadString());
        var (segment, version) = (rows.ReadString(), rows.ReadString());
        var (value, start) = (rows.ReadDouble(), rows.ReadDateTime());
        return new MetricPoint
        {
            Metric = metric,
            Feature = feature,
            Class = label,
            Segment = segment,
            Version = version,
            Value = value,
            WindowStart = start,
            WindowEnd = start + window,
            N = 0,
            Status = MetricStatus.Ok,
        };
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
                assumeNotNull(value) AS v, window_start, count() OVER (PARTITION BY model_id) AS all_series
            FROM
            (
                SELECT {{Series}}, value, window_start
                FROM
                (
                    SELECT {{Series}}, value, status, window_start
                    FROM
                    (
                        SELECT model_id, metric, segment, {{PointVersions.Each}} AS of_version, feature, class, value, status,
                            window_start, computed_at
                        FROM metric_points AS points INNER JOIN
                        (
                            SELECT model_id, max(window_start) AS newest FROM metric_points
                            WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {seconds:UInt32}
                                AND metric = {traffic:String} AND segment = '' AND version = ''
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
            ORDER BY model_id, segment != '', of_version != '', metric != {traffic:String}, metric, feature, class, segment, of_version
            LIMIT {limit:UInt32} BY model_id
            """;
        return new SqlStatement(
            Text,
            new("models", ids),
            new("seconds", (int)window.TotalSeconds),
            new("traffic", Traffic),
            new("late", LateMetrics),
            new("age", (int)Math.Min(_options.MaxAge.TotalSeconds, int.MaxValue)),
            new("limit", _options.MaxSeriesPerModel)
        );
    }
}

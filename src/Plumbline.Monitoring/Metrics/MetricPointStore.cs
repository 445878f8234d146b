using System.Collections.Concurrent;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Writes and reads metric points in the engine. A point computed again replaces the one before.</summary>
public sealed class MetricPointStore(IColumnStore store, GenerationClock clock, TimeProvider time)
{
    private static readonly string[] Columns =
    [
        "model_id",
        "window_seconds",
        "metric",
        "feature",
        "class",
        "segment",
        "version",
        "also_version",
        "window_start",
        "window_end",
        "value",
        "lower",
        "upper",
        "p_value",
        "n",
        "status",
        "reason",
        "error_bound",
        "computed_at",
    ];

    // In words for the reader of a point whose rows became those of another version or segment.
    private const string RetiredReason = "No rows are left: they belong to another version or segment now.";

    private readonly ConcurrentDictionary<int, long> _changes = new();

    /// <summary>
    /// How often a model's points have changed since the start: what was read of them still holds as long as this number is the one that
    /// was taken before.
    /// </summary>
    public long ChangesOf(int modelId) => _changes.GetValueOrDefault(modelId);

    /// <summary>
    /// Raised behind a change of a model's points, with the model's number, its <see cref="ChangesOf"/> with this change, and the points
    /// that were written; null where others have changed than were written. Two writers may come in another order than they wrote.
    /// </summary>
    public event Action<int, long, IReadOnlyCollection<MetricPoint>?>? Written;

    /// <summary>Appends points; those of the same key are superseded.</summary>
    public async Task WriteAsync(int modelId, IReadOnlyCollection<MetricPoint> points, CancellationToken cancellation)
    {
        using var buffer = new RowBinaryBuffer();
        var generation = (await clock.NextAsync(cancellation)).ToUnixTimeMilliseconds();
        foreach (var point in points)
        {
            buffer.WriteUInt32((uint)modelId);
            buffer.WriteUInt32((uint)(point.WindowEnd - point.WindowStart).TotalSeconds);
            buffer.WriteString(point.Metric);
            buffer.WriteString(point.Feature);
            buffer.WriteString(point.Class);
            buffer.WriteString(point.Segment);
            buffer.WriteString(point.Version);
            buffer.WriteString(point.AlsoVersion);
            buffer.WriteDateTime(point.WindowStart);
            buffer.WriteDateTime(point.WindowEnd);
            buffer.WriteNullableDouble(point.Value);
            buffer.WriteNullableDouble(point.Lower);
            buffer.WriteNullableDouble(point.Upper);
            buffer.WriteNullableDouble(point.PValue);
            buffer.WriteUInt64((ulong)point.N);
            buffer.WriteByte((byte)point.Status);
            buffer.WriteString(point.Reason);
            buffer.WriteNullableDouble(point.ErrorBound);
            buffer.WriteDateTime64Ms(generation);
        }

        await store.InsertAsync("metric_points", Columns, buffer.Written, deduplicationToken: null, cancellation);
        Changed(modelId, points);
    }

    /// <summary>
    /// Gives every point of some windows that is older than a generation a successor without a value: its rows have become others and
    /// nothing makes it any more.
    /// </summary>
    /// <param name="modelId">The model's number.</param>
    /// <param name="window">Length of the windows.</param>
    /// <param name="starts">Their starts.</param>
    /// <param name="before">The generation from which on points are of the new rows.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task RetireAsync(
        int modelId,
        TimeSpan window,
        IReadOnlyCollection<DateTimeOffset> starts,
        DateTimeOffset before,
        CancellationToken cancellation
    )
    {
        const string Keys = "model_id, window_seconds, metric, feature, class, segment";
        const string Text = $$"""
            INSERT INTO metric_points ({{Keys}}, version, window_start, window_end, n, status, reason, computed_at)
            SELECT {{Keys}}, of_version, window_start, max(window_end), 0, 'insufficient_data', {reason:String},
                {generation:DateTime64(3, 'UTC')}
            FROM
            (
                SELECT {{Keys}}, {{PointVersions.Each}} AS of_version, window_start, window_end, reason AS why, computed_at AS at
                FROM metric_points
                WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND window_start >= {from:DateTime('UTC')}
                    AND window_start <= {to:DateTime('UTC')} AND has({starts:Array(UInt32)}, toUnixTimestamp(window_start))
            )
            GROUP BY {{Keys}}, of_version, window_start
            HAVING max(at) < {before:DateTime64(3, 'UTC')} AND argMax(why, at) != {reason:String}
            """;
        await store.ExecuteAsync(
            new SqlStatement(
                Text,
                new("reason", RetiredReason),
                new("generation", await clock.NextAsync(cancellation)),
                new("model", modelId),
                new("seconds", (int)window.TotalSeconds),
                new("from", starts.Min()),
                new("to", starts.Max()),
                new("starts", starts.Select(start => start.ToUnixTimeSeconds())),
                new("before", before)
            ),
            cancellation
        );
        Changed(modelId, written: null);
    }

    /// <summary>Stored points in the order of <see cref="MetricCursor"/>.</summary>
    public async Task<IReadOnlyList<MetricPoint>> ReadAsync(ModelDefinition model, MetricQuery query, CancellationToken cancellation)
    {
        // The end of a window that is not complete is known by the clock, so it is not stored.
        var completeBefore = time.GetUtcNow() - model.AllowedLateness;
        var points = new List<MetricPoint>();
        using var rows = await store.QueryAsync(MetricPointStatement.Of(model, query), cancellation);
        var (metric, segment, version) = (new RepeatedText(), new RepeatedText(), new RepeatedText());
        var (feature, label, reason) = (new RepeatedText(), new RepeatedText(), new RepeatedText());
        while (rows.Read())
        {
            var point = new MetricPoint
            {
                Metric = metric.Read(rows),
                Segment = segment.Read(rows),
                Version = version.Read(rows),
                Feature = feature.Read(rows),
                Class = label.Read(rows),
                WindowStart = rows.ReadDateTime(),
                WindowEnd = rows.ReadDateTime(),
                Value = rows.ReadNullableDouble(),
                Lower = rows.ReadNullableDouble(),
                Upper = rows.ReadNullableDouble(),
                PValue = rows.ReadNullableDouble(),
                N = (long)rows.ReadUInt64(),
                Status = (MetricStatus)rows.ReadByte(),
                Reason = reason.Read(rows),
                ErrorBound = rows.ReadNullableDouble(),
            };
            points.Add(point.CompleteBefore(completeBefore));
        }

        return points;
    }

    /// <summary>
    /// The stored windows of a length that begin at <paramref name="from"/> or later and hold a metric for all rows together; null when
    /// there is none.
    /// </summary>
    public async Task<PointExtent?> ExtentAsync(
        ModelDefinition model,
        TimeSpan window,
        string metric,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        const string Text = """
            SELECT count(), min(window_start), countIf(window_start < {to:DateTime('UTC')}),
                maxIf(window_start, window_start < {to:DateTime('UTC')}), minIf(window_start, window_start >= {to:DateTime('UTC')})
            FROM metric_points
            WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric = {metric:String} AND segment = ''
                AND version = ''
                AND window_start >= {from:DateTime('UTC')}
            """;
        using var rows = await store.QueryAsync(
            new SqlStatement(
                Text,
                new("model", model.Id),
                new("seconds", (int)window.TotalSeconds),
                new("metric", metric),
                new("from", MetricPointStatement.Clamp(from)),
                new("to", MetricPointStatement.Clamp(to))
            ),
            cancellation
        );
        if (!rows.Read() || rows.ReadUInt64() is not (> 0 and var count))
            return null;
        var (first, before) = (rows.ReadDateTime(), rows.ReadUInt64());
        var (last, next) = (rows.ReadDateTime(), rows.ReadDateTime());
        return new PointExtent(first, before > 0 ? last : null, before < count ? next : null);
    }

    /// <summary>
    /// The newest stored window of each of the lengths that begins at <paramref name="from"/> or later and holds a metric for all rows
    /// together, by the length; lengths without one are left out.
    /// </summary>
    public async Task<IReadOnlyDictionary<TimeSpan, DateTimeOffset>> NewestAsync(
        ModelDefinition model,
        IEnumerable<TimeSpan> windows,
        string metric,
        DateTimeOffset from,
        CancellationToken cancellation
    )
    {
        // The lengths are named for the table's order: without them all of the model's points would be looked through.
        const string Text = """
            SELECT window_seconds, max(window_start) FROM metric_points
            WHERE model_id = {model:UInt32} AND window_seconds IN {lengths:Array(UInt32)} AND metric = {metric:String}
                AND segment = '' AND version = ''
                AND window_start >= {from:DateTime('UTC')}
            GROUP BY window_seconds
            """;
        var newest = new Dictionary<TimeSpan, DateTimeOffset>();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                Text,
                new("model", model.Id),
                new("lengths", windows.Select(window => (uint)window.TotalSeconds).Distinct().ToArray()),
                new("metric", metric),
                new("from", MetricPointStatement.Clamp(from))
            ),
            cancellation
        );
        while (rows.Read())
            newest[TimeSpan.FromSeconds(rows.ReadUInt32())] = rows.ReadDateTime();
        return newest;
    }

    /// <summary>Models that have any point.</summary>
    public async Task<IReadOnlyList<int>> ModelsAsync(CancellationToken cancellation)
    {
        var models = new List<int>();
        using var rows = await store.QueryAsync(new SqlStatement("SELECT DISTINCT model_id FROM metric_points"), cancellation);
        while (rows.Read())
            models.Add((int)rows.ReadUInt32());
        return models;
    }

    /// <summary>Deletes a model's points of windows that began before a time.</summary>
    public async Task<ExpiredRows> DeleteBeforeAsync(int modelId, DateTimeOffset before, CancellationToken cancellation)
    {
        const string Older = "window_start < {before:DateTime('UTC')}";
        var deleted = await SharedRows.DeleteBeforeAsync(store, "metric_points", modelId, Older, before, cancellation);
        Changed(modelId, written: null);
        return deleted;
    }

    /// <summary>Forgets a model's points.</summary>
    public async Task DeleteModelAsync(int modelId, CancellationToken cancellation)
    {
        await SharedRows.DeleteAsync(store, "metric_points", modelId, "1", [], cancellation);
        _changes.TryRemove(modelId, out _);
    }

    private void Changed(int modelId, IReadOnlyCollection<MetricPoint>? written) =>
        Written?.Invoke(modelId, _changes.AddOrUpdate(modelId, 1, static (_, changes) => changes + 1), written);

    /// <summary>Rows come in key order, so a text mostly repeats the one above it: it is made once, not once per row.</summary>
    private sealed class RepeatedText
    {
        private byte[] _bytes = [];
        private string _text = "";

        public string Read(QueryRows rows)
        {
            var bytes = rows.ReadStringBytes();
            if (bytes.SequenceEqual(_bytes))
                return _text;
            _bytes = bytes.ToArray();
            return _text = System.Text.Encoding.UTF8.GetString(bytes);
        }
    }
}

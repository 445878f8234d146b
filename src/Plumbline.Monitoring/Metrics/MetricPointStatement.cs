using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Metrics;

/// <summary>The statement that answers a <see cref="MetricQuery"/>.</summary>
internal static class MetricPointStatement
{
    private const string Columns = "feature, class, window_start, window_end, value, lower, upper, p_value, n, status, reason, error_bound";

    private const string Cursor = "({c1:String}, {c2:String}, {c3:String}, {c4:String}, {c5:String}, {c6:DateTime('UTC')})";

    /// <summary>Points in the order of <see cref="MetricCursor"/>, the newest of each key.</summary>
    public static SqlStatement Of(ModelDefinition model, MetricQuery query)
    {
        var parameters = new List<SqlParameter>
        {
            new("model", model.Id),
            new("seconds", (int)(query.Window ?? model.Window).TotalSeconds),
            new("metrics", query.Metrics),
            new("from", Clamp(query.From)),
            new("to", Clamp(query.To)),
            new("limit", query.Limit),
        };
        var conditions = string.Join(" AND ", Conditions(query, parameters));
        // A row may hold for two versions: of one version that is asked for it is a row of that one.
        var (from, version) = query.Version switch
        {
            null => ($"(SELECT *, {PointVersions.Each} AS of_version FROM metric_points WHERE {conditions})", "of_version"),
            "" => ("metric_points", "version"),
            _ => ("metric_points", "{version:String}"),
        };
        var key = $"metric, segment, {version}, feature, class, window_start";
        if (query.Version is null)
            conditions = "1";
        if (query.After is { } after)
        {
            conditions += $" AND ({key}) > {Cursor}";
            parameters.AddRange([
                new("c1", after.Metric),
                new("c2", after.Segment),
                new("c3", after.Version),
                new("c4", after.Feature),
                new("c5", after.Class),
                new("c6", Clamp(after.WindowStart)),
            ]);
        }

        // FINAL would say the same as the limit per key and takes four times as long, because it merges by the whole key.
        var text = $$"""
            SELECT metric, segment, {{version}}, {{Columns}}
            FROM {{from}}
            WHERE {{conditions}}
            ORDER BY {{key}}, computed_at DESC
            LIMIT 1 BY {{key}}
            LIMIT {limit:UInt32}
            """;
        return new SqlStatement(text, parameters);
    }

    /// <summary>The engine's DateTime reaches from 1970 to 2106, to the second.</summary>
    public static DateTimeOffset Clamp(DateTimeOffset value)
    {
        var seconds = Math.Clamp(value.ToUnixTimeSeconds() + (value.Ticks % TimeSpan.TicksPerSecond > 0 ? 1 : 0), 0, uint.MaxValue);
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    private static List<string> Conditions(MetricQuery query, List<SqlParameter> parameters)
    {
        var conditions = new List<string>
        {
            "model_id = {model:UInt32}",
            "window_seconds = {seconds:UInt32}",
            "metric IN {metrics:Array(String)}",
            "window_start >= {from:DateTime('UTC')}",
            "window_start < {to:DateTime('UTC')}",
        };
        if (query.Features is { } features)
        {
            conditions.Add("feature IN {features:Array(String)}");
            parameters.Add(new("features", features));
        }

        if (query.ExactSegment is { } segment)
        {
            conditions.Add(query.SegmentPrefix is null ? "segment = {segment:String}" : "startsWith(segment, {segment:String})");
            parameters.Add(new("segment", query.SegmentPrefix ?? segment));
        }

        if (query.Version is { } version)
        {
            conditions.Add(PointVersions.Are(version));
            parameters.Add(new("version", version));
        }

        return conditions;
    }
}

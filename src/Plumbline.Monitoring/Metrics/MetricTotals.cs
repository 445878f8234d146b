using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Metrics;

/// <summary>A metric of one segment over a range: the windows' values, weighted by their rows.</summary>
/// <param name="Segment"><c>country=FR</c>, or empty for all rows.</param>
/// <param name="Metric">Name.</param>
/// <param name="Earlier">True for the first of the two ranges asked for.</param>
/// <param name="Value">Weighted mean; null when no window had enough rows.</param>
/// <param name="StandardError">From the windows' 95 % intervals; null without.</param>
/// <param name="Rows">Rows of the windows that have a value.</param>
/// <param name="AllRows">Rows of all windows.</param>
/// <param name="Sum">Sum of the windows' values.</param>
public sealed record MetricTotal(
    string Segment,
    string Metric,
    bool Earlier,
    double? Value,
    double? StandardError,
    long Rows,
    long AllRows,
    double Sum
);

/// <summary>
/// Adds metric points up over ranges in the engine: for tables over many segments, where reading every window would take too long.
/// </summary>
public sealed class MetricTotals(IColumnStore store)
{
    /// <summary>Totals of [earlier, from) and of [from, to) for all rows and for every segment of a dimension.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metrics">Names; points that distinguish features or classes are left out.</param>
    /// <param name="dimension">A segment dimension or cross, or null for all of them.</param>
    /// <param name="version">A version, or empty for all.</param>
    /// <param name="window">Length of the windows to add up.</param>
    /// <param name="range">Start of the earlier range, its end and the start of the later, end of the later.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<IReadOnlyList<MetricTotal>> ReadAsync(
        ModelDefinition model,
        IReadOnlyList<string> metrics,
        string? dimension,
        string version,
        TimeSpan window,
        (DateTimeOffset Earlier, DateTimeOffset From, DateTimeOffset To) range,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                Text(version),
                new("model", model.Id),
                new("seconds", (int)window.TotalSeconds),
                new("metrics", metrics),
                new("version", version),
                new("everything", dimension is null ? 1 : 0),
                new("prefix", $"{dimension}="),
                new("earlier", range.Earlier),
                new("from", range.From),
                new("to", range.To)
            ),
            cancellation
        );
        var totals = new List<MetricTotal>();
        while (rows.Read())
        {
            totals.Add(
                new MetricTotal(
                    rows.ReadString(),
                    rows.ReadString(),
                    rows.ReadByte() != 0,
                    Finite(rows.ReadNullableDouble()),
                    Finite(rows.ReadNullableDouble()),
                    (long)rows.ReadUInt64(),
                    (long)rows.ReadUInt64(),
                    rows.ReadDouble()
                )
            );
        }

        return totals;
    }

    private static string Text(string version)
    {
        // The newest of each key. Where points are only added up FINAL needs a third of the time of MetricPointStore's way (bench
        // segments); a key never changes its partition.
        // A row may hold for a version beside one that is older: then the newer counts, which FINAL does not see.
        var (table, newest) =
            version.Length == 0
                ? ("metric_points FINAL", "")
                : (
                    "metric_points",
                    "ORDER BY metric, segment, feature, class, window_start, computed_at DESC LIMIT 1 BY metric, segment, window_start"
                );
        return $$"""
            SELECT toString(segment) AS s, toString(metric) AS m, toUInt8(window_start < {from:DateTime('UTC')}) AS earlier,
                sumIf(value * n, isNotNull(value) AND n > 0) / sumIf(n, isNotNull(value) AND n > 0) AS mean,
                sqrt(sumIf(pow(n * (upper - lower) / 3.919928, 2), isNotNull(value) AND isNotNull(lower) AND isNotNull(upper)))
                    / sumIf(n, isNotNull(value) AND isNotNull(lower) AND isNotNull(upper)) AS error,
                sumIf(n, isNotNull(value)) AS with_value, sum(n) AS all_rows, ifNull(sum(value), 0) AS total
            FROM
            (
                SELECT segment, metric, window_start, value, n, lower, upper
                FROM {{table}}
                WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric IN {metrics:Array(String)}
                    AND {{PointVersions.Are(version)}} AND feature = '' AND class = ''
                    AND window_start >= {earlier:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
                    AND ({everything:UInt8} OR segment = '' OR startsWith(segment, {prefix:String}))
                {{newest}}
            )
            GROUP BY s, m, earlier
            SETTINGS do_not_merge_across_partitions_select_final = 1
            """;
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Outcomes.Signals;

/// <summary>
/// Reads what came of business signals for the predictions of consecutive windows, counted by the engine in every scope at once. Signals
/// are read by the prediction's own time, so the work does not grow with history.
/// </summary>
public sealed class SignalGroups(IColumnStore store, ModelTables tables, SegmentValues segmentValues)
{
    private const string OfRange = "timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}";
    private const string Window = "intDiv(toInt64(toUnixTimestamp64Milli(timestamp)) - {start:Int64}, {length:Int64})";

    /// <summary>By window (0 is the first), all scopes; windows without any prediction or signal are absent.</summary>
    internal async Task<Dictionary<int, SignalCounts>> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan length,
        CancellationToken cancellation
    )
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var grouping = new ScopeGrouping(model, await segmentValues.KnownAsync(model, cancellation));
        var windows = new Dictionary<int, SignalCounts>();
        IReadOnlyList<SqlParameter> range =
        [
            new("from", from),
            new("to", to),
            new("start", from.ToUnixTimeMilliseconds()),
            new("length", (long)length.TotalMilliseconds),
            .. VersionTexts.Parameters(model),
        ];
        await ReadPredictionsAsync(model, grouping, range, windows, cancellation);
        await ReadAttributedAsync(model, grouping, range, windows, cancellation);
        await ReadLooseAsync(model, range, windows, cancellation);
        return windows;
    }

    private async Task ReadPredictionsAsync(
        ModelDefinition model,
        ScopeGrouping grouping,
        IReadOnlyList<SqlParameter> range,
        Dictionary<int, SignalCounts> windows,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT w, toString(v) AS version, {grouping.Key} AS segment_key, toNullable({grouping.Value}) AS segment_value, count() AS c
                FROM (SELECT {Window} AS w, {VersionTexts.Expression(model)} AS v{grouping.Columns} FROM {ModelTables.Predictions(
                    model.Id
                )} WHERE {OfRange} AND role = 'primary')
                {grouping.GroupBy("w, v")}
                """,
                [.. range, .. grouping.Parameters]
            ),
            cancellation
        );
        while (rows.Read())
        {
            var window = (int)rows.ReadInt64();
            if (ReadScope(rows) is not { } scope)
                rows.ReadUInt64();
            else
                In(windows, window).AddPredictions(scope, (long)rows.ReadUInt64());
        }
    }

    private async Task ReadAttributedAsync(
        ModelDefinition model,
        ScopeGrouping grouping,
        IReadOnlyList<SqlParameter> range,
        Dictionary<int, SignalCounts> windows,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT w, toString(v) AS version, {{grouping.Key}} AS segment_key, toNullable({{grouping.Value}}) AS segment_value,
                    toString(signal) AS name,
                    countIf(happened) AS predictions, sum(events) AS event_count, sum(total) AS value_sum, sum(squares) AS square_sum,
                        sum(total * total) AS squared_sums
                FROM
                (
                    SELECT {{Window}} AS w, {{VersionTexts.Expression(model)}}
                    AS v{{grouping.Columns}}, signal, events, total, squares, happened
                    FROM (SELECT * FROM {{ModelTables.Predictions(model.Id)}} WHERE {{OfRange}} AND role = 'primary') AS p
                    INNER JOIN
                    (
                        SELECT id_hash, prediction_id, name AS signal, count() AS events, sum(value) AS total,
                            sum(value * value) AS squares, max(value != 0) AS happened
                        FROM {{ModelTables.Attributed(model.Id)}}
                        WHERE {{OfRange}} AND toUnixTimestamp64Milli(signal_at) - toUnixTimestamp64Milli(timestamp) <=
                            transform(toString(name), {names:Array(String)}, {attribution:Array(Int64)}, toInt64(-1))
                        GROUP BY id_hash, prediction_id, name
                    ) AS a ON p.id_hash = a.id_hash AND p.prediction_id = a.prediction_id
                )
                {{grouping.GroupBy("w, v, signal")}}
                """,
                [
                    .. range,
                    .. grouping.Parameters,
                    new("names", model.Signals.Select(signal => signal.Name)),
                    new("attribution", model.Signals.Select(signal => (long)signal.AttributionWindow.TotalMilliseconds)),
                ]
            ),
            cancellation
        );
        while (rows.Read())
        {
            var window = (int)rows.ReadInt64();
            var scope = ReadScope(rows);
            var name = rows.ReadString();
            var sums = new SignalSums
            {
                Predictions = (long)rows.ReadUInt64(),
                Events = (long)rows.ReadUInt64(),
                Sum = rows.ReadDouble(),
                Squares = rows.ReadDouble(),
                SquaredSums = rows.ReadDouble(),
            };
            if (scope is not null)
                In(windows, window).Add(scope, name, sums);
        }
    }

    /// <summary>Signals that name no prediction count by their own time, for the version and segment that they name.</summary>
    private async Task ReadLooseAsync(
        ModelDefinition model,
        IReadOnlyList<SqlParameter> range,
        Dictionary<int, SignalCounts> windows,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT {{Window}} AS w, toString({{VersionTexts.Expression(model)}}) AS row_version, segment, toString(name) AS signal,
                count() AS c, sum(value) AS value_sum, sum(value * value) AS squares
                FROM {{ModelTables.Signals(model.Id)}} WHERE {{OfRange}} AND prediction_id = '' AND name IN {names:Array(String)}
                GROUP BY w, row_version, segment, signal
                """,
                [.. range, new("names", model.Signals.Select(signal => signal.Name))]
            ),
            cancellation
        );
        while (rows.Read())
        {
            var (window, version, segment, name) = ((int)rows.ReadInt64(), rows.ReadString(), rows.ReadString(), rows.ReadString());
            var sums = new SignalSums
            {
                LooseEvents = (long)rows.ReadUInt64(),
                LooseSum = rows.ReadDouble(),
                LooseSquares = rows.ReadDouble(),
            };
            var counts = In(windows, window);
            counts.Add(new ProfileScope(version, "", ""), name, sums);
            var split = segment.IndexOf('=', StringComparison.Ordinal);
            if (split > 0 && model.SegmentKeys.Contains(segment[..split], StringComparer.Ordinal))
                counts.Add(new ProfileScope(version, segment[..split], segment[(split + 1)..]), name, sums);
        }
    }

    /// <summary>Version, key and value; null when the rows of the group belong to no segment of that dimension.</summary>
    private static ProfileScope? ReadScope(QueryRows rows)
    {
        var (version, key, value) = (rows.ReadString(), rows.ReadString(), rows.ReadNullableString());
        return value is null ? null : new ProfileScope(version, key, value);
    }

    private static SignalCounts In(Dictionary<int, SignalCounts> windows, int window) =>
        windows.TryGetValue(window, out var counts) ? counts : windows[window] = new SignalCounts();
}

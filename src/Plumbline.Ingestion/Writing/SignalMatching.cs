using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// Joins business signals to predictions once, when a block of either is stored, as ground truth is: so that computing a window never
/// searches the history. A signal is looked for no earlier than a little before its prediction, and no later than the longest attribution
/// window after it, so a join does not grow with history either.
/// </summary>
public sealed class SignalMatching(IColumnStore store)
{
    /// <summary>Clocks of the model's and the business's machines may differ by this much.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);

    private static readonly string[] Columns =
    [
        "model_id",
        "timestamp",
        "id_hash",
        "prediction_id",
        "name",
        "signal_at",
        "value",
        "received_at",
    ];

    private const string Joined = "p.timestamp, p.id_hash, p.prediction_id, s.name, s.timestamp, s.value, s.received_at";

    /// <summary>
    /// Matches a new block of predictions with the signals that came before it. Returns the starts of the windows concerned, epoch ms.
    /// </summary>
    public Task<HashSet<long>> MatchPredictionsAsync(
        ModelDefinition model,
        long block,
        long firstMs,
        long lastMs,
        CancellationToken cancellation
    )
    {
        var predictions = $$"""
            SELECT prediction_id, id_hash, timestamp FROM {{ModelTables.Predictions(model.Id)}}
            WHERE block = {block:UInt64} AND timestamp >= {first:DateTime64(3, 'UTC')} AND timestamp <= {last:DateTime64(3, 'UTC')}
            """;
        var (first, last) = (DateTimeOffset.FromUnixTimeMilliseconds(firstMs), DateTimeOffset.FromUnixTimeMilliseconds(lastMs));
        return MatchAsync(
            model,
            new SqlStatement(
                $$"""
                SELECT {{Joined}}
                FROM (SELECT prediction_id, name, timestamp, value, received_at FROM {{ModelTables.Signals(model.Id)}}
                      WHERE prediction_id != '' AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp <= {to:DateTime64(3, 'UTC')}
                        AND prediction_id IN (SELECT prediction_id FROM ({{predictions}}))) AS s
                INNER JOIN ({{predictions}}) AS p ON s.prediction_id = p.prediction_id
                """,
                new("block", (ulong)block),
                new("first", first),
                new("last", last),
                new("from", first - ClockDifference),
                new("to", last + SignalDefinition.MaxAttributionWindow)
            ),
            cancellation
        );
    }

    /// <summary>
    /// Matches a new block of signals with the predictions that are there. Returns the starts of the windows concerned, epoch ms.
    /// </summary>
    public Task<HashSet<long>> MatchSignalsAsync(
        ModelDefinition model,
        long block,
        long firstMs,
        long lastMs,
        CancellationToken cancellation
    )
    {
        var signals = $$"""
            SELECT prediction_id, name, timestamp, value, received_at, reinterpretAsUInt64(substring(SHA256(prediction_id), 1, 8))
            AS id_hash FROM {{ModelTables.Signals(model.Id)}}
            WHERE block = {block:UInt64} AND prediction_id != '' AND timestamp >= {first:DateTime64(3, 'UTC')}
                AND timestamp <= {last:DateTime64(3, 'UTC')}
            """;
        var (first, last) = (DateTimeOffset.FromUnixTimeMilliseconds(firstMs), DateTimeOffset.FromUnixTimeMilliseconds(lastMs));
        return MatchAsync(
            model,
            new SqlStatement(
                $$"""
                SELECT {{Joined}}
                FROM (SELECT prediction_id, id_hash, timestamp FROM {{ModelTables.Predictions(model.Id)}}
                      WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp <= {to:DateTime64(3, 'UTC')}
                          AND id_hash IN (SELECT id_hash FROM ({{signals}}))) AS p
                INNER JOIN ({{signals}}) AS s ON s.id_hash = p.id_hash AND s.prediction_id = p.prediction_id
                """,
                new("block", (ulong)block),
                new("first", first),
                new("last", last),
                new("from", first - SignalDefinition.MaxAttributionWindow),
                new("to", last + ClockDifference)
            ),
            cancellation
        );
    }

    private async Task<HashSet<long>> MatchAsync(ModelDefinition model, SqlStatement join, CancellationToken cancellation)
    {
        var windows = new HashSet<long>();
        var windowMs = (long)model.Window.TotalMilliseconds;
        using var found = await store.QueryAsync(join, cancellation);
        using var rows = new RowBinaryBuffer();
        while (found.Read())
        {
            var timestampMs = found.ReadDateTime64().ToUnixTimeMilliseconds();
            rows.WriteUInt32((uint)model.Id);
            rows.WriteDateTime64Ms(timestampMs);
            rows.WriteUInt64(found.ReadUInt64());
            rows.WriteString(found.ReadStringBytes());
            rows.WriteString(found.ReadStringBytes());
            rows.WriteDateTime64Ms(found.ReadDateTime64().ToUnixTimeMilliseconds());
            rows.WriteDouble(found.ReadDouble());
            rows.WriteDateTime64Ms(found.ReadDateTime64().ToUnixTimeMilliseconds());
            windows.Add(timestampMs - (timestampMs % windowMs));
        }

        // No token: a repeated try may find more than the first, and must be able to add it; the table keeps equal rows once.
        await store.InsertAsync(ModelTables.AttributedTable, Columns, rows.Written, deduplicationToken: null, cancellation);
        return windows;
    }
}

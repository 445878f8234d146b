using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// Joins ground truth to predictions once, when a block of either is stored, so that computing a window never searches the history.
/// Whichever of the two is stored second sees the other; both seeing each other is harmless, since the table keeps one row per prediction.
/// </summary>
public sealed class GroundTruthMatching(IColumnStore store)
{
    private const string Joined = "p.timestamp, p.id_hash, p.prediction_id, g.value, g.value_number, g.timestamp AS labelled_at, g.source";

    // Of labels with one time the table keeps the one that was inserted last.
    private const string InOrder = "g.block, g.arrival";
    private static readonly string[] Columns =
    [
        "model_id",
        "timestamp",
        "id_hash",
        "prediction_id",
        "value",
        "value_number",
        "labelled_at",
        "source",
    ];

    /// <summary>Matches a new block of predictions with all ground truth. Returns the starts of the windows concerned, epoch ms.</summary>
    public Task<HashSet<long>> MatchPredictionsAsync(
        ModelDefinition model,
        long block,
        long firstMs,
        long lastMs,
        CancellationToken cancellation
    )
    {
        var predictions = ModelTables.Predictions(model.Id);
        const string OfBlock = "block = {block:UInt64} AND timestamp >= {from:DateTime64(3)} AND timestamp <= {to:DateTime64(3)}";
        return MatchAsync(
            model,
            new SqlStatement(
                $"""
                SELECT {Joined}
                FROM (SELECT prediction_id, id_hash, timestamp, value, value_number, source, block, arrival FROM {ModelTables.GroundTruth(
                    model.Id
                )} WHERE id_hash IN (SELECT id_hash FROM {predictions} WHERE {OfBlock})) AS g
                INNER JOIN (SELECT prediction_id, id_hash, timestamp FROM {predictions} WHERE {OfBlock}) AS p ON g.id_hash = p.id_hash
                    AND g.prediction_id = p.prediction_id
                ORDER BY {InOrder}
                """,
                new SqlParameter("block", (ulong)block),
                new SqlParameter("from", DateTimeOffset.FromUnixTimeMilliseconds(firstMs)),
                new SqlParameter("to", DateTimeOffset.FromUnixTimeMilliseconds(lastMs))
            ),
            cancellation
        );
    }

    /// <summary>Matches a new block of ground truth with all predictions. Returns the starts of the windows concerned, epoch ms.</summary>
    public Task<HashSet<long>> MatchGroundTruthAsync(ModelDefinition model, long block, CancellationToken cancellation)
    {
        var truth = ModelTables.GroundTruth(model.Id);
        return MatchAsync(
            model,
            new SqlStatement(
                $$"""
                SELECT {{Joined}}
                FROM (SELECT prediction_id, id_hash, timestamp FROM {{ModelTables.Predictions(model.Id)}} WHERE id_hash IN (SELECT id_hash
                FROM {{truth}} WHERE block = {block:UInt64})) AS p
                INNER JOIN (SELECT prediction_id, id_hash, timestamp, value, value_number, source, block, arrival FROM {{truth}}
                    WHERE block = {block:UInt64}) AS g ON g.id_hash = p.id_hash AND g.prediction_id = p.prediction_id
                ORDER BY {{InOrder}}
                """,
                new SqlParameter("block", (ulong)block)
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
            rows.WriteDouble(found.ReadDouble());
            rows.WriteDateTime64Ms(found.ReadDateTime64().ToUnixTimeMilliseconds());
            rows.WriteString(found.ReadStringBytes());
            windows.Add(timestampMs - (timestampMs % windowMs));
        }
        // No token: a repeated try may find more than the first, and must be able to add it.
        await store.InsertAsync(ModelTables.MatchedTable, Columns, rows.Written, deduplicationToken: null, cancellation);
        return windows;
    }
}

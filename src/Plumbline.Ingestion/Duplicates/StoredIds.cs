using System.Runtime.InteropServices;
using Plumbline.Events.Batches;
using Plumbline.Store;

namespace Plumbline.Ingestion.Duplicates;

/// <summary>Asks the column store which events it has: one by one for a suspicion, all of them to fill a filter at start.</summary>
public sealed class StoredIds(IColumnStore store)
{
    private const long RowsPerAnswer = 4_000_000;

    /// <summary>An event to look for.</summary>
    public readonly record struct Sought(string Id, ulong IdLow, long TimestampMs, IdHash Key);

    /// <summary>Which of the predictions are stored.</summary>
    public Task<HashSet<IdHash>> FindPredictionsAsync(int modelId, IReadOnlyList<Sought> sought, CancellationToken cancellation) =>
        FindByIdAsync(ModelTables.Predictions(modelId), "prediction_id", sought, cancellation);

    /// <summary>Which of the signals are stored, by their own ids.</summary>
    public Task<HashSet<IdHash>> FindSignalsAsync(int modelId, IReadOnlyList<Sought> sought, CancellationToken cancellation) =>
        FindByIdAsync(ModelTables.Signals(modelId), "signal_id", sought, cancellation);

    /// <summary>
    /// Which of the ground truths are stored: the same prediction, time and value; with <paramref name="lastOnly"/> only as the last of
    /// that prediction and time.
    /// </summary>
    public async Task<HashSet<IdHash>> FindGroundTruthAsync(
        int modelId,
        IReadOnlyList<Sought> sought,
        bool lastOnly,
        CancellationToken cancellation
    )
    {
        var found = new HashSet<IdHash>();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT prediction_id, timestamp, {{(
                    lastOnly ? "argMax(value, (block, arrival))" : "value"
                )}} FROM {{ModelTables.GroundTruth(modelId)}}
                WHERE id_hash IN {hashes:Array(UInt64)} AND prediction_id IN {ids:Array(String)} {{(
                    lastOnly ? "GROUP BY prediction_id, timestamp" : ""
                )}}
                """,
                new SqlParameter("hashes", sought.Select(s => s.IdLow).Distinct().ToArray()),
                new SqlParameter("ids", sought.Select(s => s.Id).Distinct().ToArray())
            ),
            cancellation
        );
        while (rows.Read())
        {
            var id = IdHash.Of(rows.ReadStringBytes());
            var timestampMs = rows.ReadDateTime64().ToUnixTimeMilliseconds();
            found.Add(id.OfGroundTruth(timestampMs, IdHash.OfValue(rows.ReadStringBytes())));
        }
        return found;
    }

    /// <summary>Gives the hashes of all stored predictions to <paramref name="add"/>, in pieces.</summary>
    public Task VisitPredictionsAsync(int modelId, Action<ReadOnlySpan<ulong>> add, CancellationToken cancellation) =>
        VisitAsync(ModelTables.Predictions(modelId), add, cancellation);

    /// <summary>Gives the hashes of the ids of all stored signals that have one to <paramref name="add"/>, in pieces.</summary>
    public Task VisitSignalsAsync(int modelId, Action<ReadOnlySpan<ulong>> add, CancellationToken cancellation) =>
        VisitAsync(ModelTables.Signals(modelId), add, cancellation);

    /// <summary>Gives key hashes and prediction hashes of all stored ground truths, in pieces.</summary>
    public async Task VisitGroundTruthAsync(
        int modelId,
        Action<ReadOnlySpan<ulong>> addKeys,
        Action<ReadOnlySpan<ulong>> addIds,
        CancellationToken cancellation
    )
    {
        var table = ModelTables.GroundTruth(modelId);
        long count;
        using (var rows = await store.QueryAsync(new SqlStatement($"SELECT count() FROM {table}"), cancellation))
        {
            rows.Read();
            count = (long)rows.ReadUInt64();
        }
        // Hashes are spread evenly, so equal ranges of them are about equal numbers of rows.
        var pieces = (ulong)((count / RowsPerAnswer) + 1);
        for (ulong piece = 0; piece < pieces && count > 0; piece++)
        {
            var width = (ulong.MaxValue / pieces) + 1;
            var last = piece == pieces - 1 ? ulong.MaxValue : (width * (piece + 1)) - 1;
            using var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT id_hash, timestamp, value FROM {table} WHERE id_hash >= {{first:UInt64}} AND id_hash <= {{last:UInt64}}",
                    new SqlParameter("first", pieces == 1 ? 0UL : width * piece),
                    new SqlParameter("last", last)
                ),
                cancellation
            );
            var (keys, ids) = (new List<ulong>(), new List<ulong>());
            while (rows.Read())
            {
                var low = rows.ReadUInt64();
                var timestampMs = rows.ReadDateTime64().ToUnixTimeMilliseconds();
                ids.Add(low);
                keys.Add(new IdHash(low, 0).OfGroundTruth(timestampMs, IdHash.OfValue(rows.ReadStringBytes())).Low);
            }
            addKeys(CollectionsMarshal.AsSpan(keys));
            addIds(CollectionsMarshal.AsSpan(ids));
        }
    }

    // Looks at the given times first, where a repeated request has its rows, then everywhere.
    private async Task<HashSet<IdHash>> FindByIdAsync(
        string table,
        string idColumn,
        IReadOnlyList<Sought> sought,
        CancellationToken cancellation
    )
    {
        var found = new HashSet<IdHash>();
        var (from, to) = (sought.Min(s => s.TimestampMs), sought.Max(s => s.TimestampMs) + 1);
        var ofIds = $"id_hash IN {{hashes:Array(UInt64)}} AND {idColumn} IN {{ids:Array(String)}}";
        await FindAsync(
            $"SELECT {idColumn} FROM {table} WHERE timestamp >= {{from:DateTime64(3)}} AND timestamp < {{to:DateTime64(3)}} AND {ofIds}",
            sought,
            [new("from", DateTimeOffset.FromUnixTimeMilliseconds(from)), new("to", DateTimeOffset.FromUnixTimeMilliseconds(to))],
            found,
            cancellation
        );
        var rest = sought.Where(s => !found.Contains(s.Key)).ToList();
        if (rest.Count > 0)
            await FindAsync($"SELECT {idColumn} FROM {table} WHERE {ofIds}", rest, [], found, cancellation);
        return found;
    }

    private async Task FindAsync(
        string sql,
        IReadOnlyList<Sought> sought,
        SqlParameter[] more,
        HashSet<IdHash> found,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                sql,
                [
                    .. more,
                    new SqlParameter("hashes", sought.Select(s => s.IdLow).ToArray()),
                    new SqlParameter("ids", sought.Select(s => s.Id).ToArray()),
                ]
            ),
            cancellation
        );
        while (rows.Read())
            found.Add(IdHash.Of(rows.ReadStringBytes()));
    }

    private async Task VisitAsync(string table, Action<ReadOnlySpan<ulong>> add, CancellationToken cancellation)
    {
        foreach (var (from, to) in await HoursInPiecesAsync(table, cancellation))
        {
            using var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT id_hash FROM {table} WHERE timestamp >= {{from:DateTime64(3)}} AND timestamp < {{to:DateTime64(3)}} "
                        + "AND id_hash != 0",
                    new SqlParameter("from", from),
                    new SqlParameter("to", to)
                ),
                cancellation
            );
            Drain(rows, static r => r.ReadUInt64(), add);
        }
    }

    private async Task<List<(DateTimeOffset From, DateTimeOffset To)>> HoursInPiecesAsync(string table, CancellationToken cancellation)
    {
        var pieces = new List<(DateTimeOffset, DateTimeOffset)>();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT toDateTime(toStartOfHour(timestamp)) AS hour, count() FROM {table} WHERE id_hash != 0 GROUP BY hour ORDER BY hour"
            ),
            cancellation
        );
        DateTimeOffset? start = null;
        DateTimeOffset end = default;
        long taken = 0;
        while (rows.Read())
        {
            var hour = rows.ReadDateTime();
            var count = (long)rows.ReadUInt64();
            if (start is { } open && taken + count > RowsPerAnswer)
            {
                pieces.Add((open, end));
                start = null;
                taken = 0;
            }
            start ??= hour;
            end = hour.AddHours(1);
            taken += count;
        }
        if (start is { } last)
            pieces.Add((last, end));
        return pieces;
    }

    private static void Drain(QueryRows rows, Func<QueryRows, ulong> read, Action<ReadOnlySpan<ulong>> add)
    {
        var buffer = new ulong[64 * 1024];
        var used = 0;
        while (rows.Read())
        {
            buffer[used++] = read(rows);
            if (used == buffer.Length)
            {
                add(buffer);
                used = 0;
            }
        }
        add(buffer.AsSpan(0, used));
    }
}

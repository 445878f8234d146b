using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>What became of the parts of a block.</summary>
/// <param name="Block">The block number that merged rows have.</param>
/// <param name="Rows">Merged rows.</param>
/// <param name="FirstMs">Earliest time of them, epoch ms.</param>
/// <param name="LastMs">Latest time of them, epoch ms.</param>
/// <param name="Windows">Starts of the windows that they lie in, epoch ms.</param>
internal sealed record MergedParts(long Block, long Rows, long FirstMs, long LastMs, IReadOnlyCollection<long> Windows);

/// <summary>
/// Makes one row of the parts of a prediction: the request that came first, the answer that came later, or the other way round. Set-based
/// in the engine. What is there already is never overwritten; the row keeps the time of the part that was stored first. May be repeated:
/// parts that are merged again give the same row.
/// </summary>
public sealed class PartMerging(IColumnStore store, ModelTables tables, TimeProvider time)
{
    /// <summary>
    /// Between the times of two parts of one prediction; documented in docs/http-api.md. It bounds the search for the others.
    /// </summary>
    private static readonly TimeSpan LongestApart = TimeSpan.FromDays(7);

    private const int IdsPerStatement = 10_000;

    // A number that no merge had before, of this process or an earlier one: the rows that a merge replaces are those without it.
    private long _last = time.GetUtcNow().ToUnixTimeMilliseconds() << 16;

    /// <summary>Merges the rows of some predictions wherever there is more than one.</summary>
    internal async Task<MergedParts> MergeAsync(
        ModelDefinition model,
        IReadOnlyList<(string Id, ulong Low)> parts,
        long firstMs,
        long lastMs,
        CancellationToken cancellation
    )
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var block = (long)ModelTables.FirstMergedBlock | Interlocked.Increment(ref _last);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(firstMs) - LongestApart;
        if (from < DateTimeOffset.UnixEpoch)
            from = DateTimeOffset.UnixEpoch;
        var to = DateTimeOffset.FromUnixTimeMilliseconds(lastMs) + LongestApart;
        var table = ModelTables.Predictions(model.Id);
        foreach (var chunk in parts.DistinctBy(part => part.Id, StringComparer.Ordinal).Chunk(IdsPerStatement))
        {
            SqlParameter[] values =
            [
                new("block", (ulong)block),
                new("first_merged", ModelTables.FirstMergedBlock),
                new("from", from),
                new("to", to),
                new("hashes", chunk.Select(part => part.Low).ToArray()),
                new("ids", chunk.Select(part => part.Id).ToArray()),
            ];
            const string OfParts =
                "timestamp >= {from:DateTime64(3)} AND timestamp <= {to:DateTime64(3)} AND id_hash IN {hashes:Array(UInt64)} AND "
                + "prediction_id IN {ids:Array(String)}";
            await store.ExecuteAsync(new SqlStatement(InsertText(model, table, OfParts), values), cancellation);
            var merged = $"SELECT prediction_id FROM {table} WHERE {OfParts} AND block = {{block:UInt64}}";
            var replaced = $"DELETE FROM {table} WHERE {OfParts} AND block != {{block:UInt64}} AND prediction_id IN ({merged})";
            await Mutation.RunAsync(store, table, new SqlStatement(replaced, values), cancellation);
            foreach (var joined in new[] { ModelTables.MatchedTable, ModelTables.AttributedTable })
                await ForgetOutcomesOfPartsAsync(model.Id, joined, table, OfParts, values, cancellation);
        }

        return await DescribeAsync(model, table, block, from, to, cancellation);
    }

    // What was matched to a part that was stored, and not merged before the process died. Nearly always there is none.
    private Task ForgetOutcomesOfPartsAsync(
        int modelId,
        string joined,
        string table,
        string ofParts,
        SqlParameter[] values,
        CancellationToken cancellation
    ) =>
        SharedRows.DeleteAsync(
            store,
            joined,
            modelId,
            $$"""
            {{ofParts}} AND prediction_id IN (SELECT prediction_id FROM {{table}} WHERE {{ofParts}} AND block = {block:UInt64})
                AND (prediction_id, timestamp) NOT IN (SELECT prediction_id, timestamp FROM {{table}} WHERE {{ofParts}})
            """,
            values,
            cancellation
        );

    private async Task<MergedParts> DescribeAsync(
        ModelDefinition model,
        string table,
        long block,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var length = (long)model.Window.TotalMilliseconds;
        var (windows, count, first, last) = (new List<long>(), 0L, long.MaxValue, long.MinValue);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT toUInt64(intDiv(toUnixTimestamp64Milli(timestamp), {length:Int64}) * {length:Int64}) AS start, count(),
                    toUInt64(min(toUnixTimestamp64Milli(timestamp))), toUInt64(max(toUnixTimestamp64Milli(timestamp)))
                FROM {{table}} WHERE block = {block:UInt64} AND timestamp >= {from:DateTime64(3)} AND timestamp <= {to:DateTime64(3)}
                    GROUP BY start
                """,
                new("length", length),
                new("block", (ulong)block),
                new("from", from),
                new("to", to)
            ),
            cancellation
        );
        while (rows.Read())
        {
            windows.Add((long)rows.ReadUInt64());
            count += (long)rows.ReadUInt64();
            first = Math.Min(first, (long)rows.ReadUInt64());
            last = Math.Max(last, (long)rows.ReadUInt64());
        }

        return new MergedParts(block, count, first, last, windows);
    }

    private static string InsertText(ModelDefinition model, string table, string ofParts)
    {
        // By the order of arrival; a merged row holds what came before everything that is not merged yet.
        const string Order = "(if(block >= {first_merged:UInt64}, 0, block), timestamp)";
        static string Text(string column) => $"argMinIf({column}, part, {column} != '')";
        static string Number(string column) => $"ifNull(argMinOrNullIf({column}, part, NOT isNaN({column})), nan)";
        static string Value(string column) => $"argMinOrNullIf({column}, part, isNotNull({column}))";
        var columns = new List<(string Name, string Sql)>
        {
            ("block", "{block:UInt64}"),
            ("prediction_id", "prediction_id"),
            ("id_hash", "any(id_hash)"),
            ("timestamp", "argMin(at, part)"),
            ("received_at", "min(received_at)"),
            ("version", Text("version")),
            ("role", "argMin(role, part)"),
            ("status", "if(countIf(status != 'ok') = 0, 'ok', argMinIf(status, part, status != 'ok'))"),
            ("prediction", Text("prediction")),
            ("prediction_value", Number("prediction_value")),
            ("score", Number("score")),
            ("confidence", Number("confidence")),
            ("entropy", Number("entropy")),
            ("probabilities", "argMinIf(probabilities, part, notEmpty(probabilities))"),
            ("latency_ms", Number("latency_ms")),
            ("error", Text("error")),
            ("trace_id", Text("trace_id")),
            ("metadata", Text("metadata")),
            (
                "raw",
                "CAST(arrayDistinct(arrayFlatten(groupArray(arrayZip(mapKeys(raw), "
                    + "mapValues(raw))))) AS Map(LowCardinality(String), String))"
            ),
        };
        columns.AddRange(
            model.Features.Select(feature =>
                (feature.Column, feature.Type == FeatureType.Numeric ? Number(feature.Column) : Value(feature.Column))
            )
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))})
            SELECT {string.Join(",\n    ", columns.Select(column => column.Sql))}
            FROM (SELECT *, timestamp AS at, {Order} AS part FROM {table} WHERE {ofParts}) GROUP BY prediction_id HAVING count() > 1
            """
        );
    }
}

using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Proof;

/// <summary>Requests that a version answered as a shadow while another one was heard.</summary>
/// <param name="Pairs">Requests that both answered.</param>
/// <param name="Same">How many of them got the same class; of numbers, the same number.</param>
/// <param name="Labelled">Those whose ground truth is known, in the order of time.</param>
/// <param name="From">Time of the first one; null without any.</param>
internal sealed record ShadowTraffic(long Pairs, long Same, IReadOnlyList<ComparedCase> Labelled, DateTimeOffset? From);

/// <summary>Live traffic that two versions answered: what the heard one and the shadow share is the trace.</summary>
internal sealed class ShadowCases(IColumnStore store, TimeProvider time)
{
    /// <summary>Pairs that are compared at most, the first ones: what is decided is decided from the beginning.</summary>
    public const int MostPairs = 20_000;

    /// <summary>How far back is looked.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public async Task<ShadowTraffic> ReadAsync(ModelDefinition model, string version, CancellationToken cancellation)
    {
        var isNumber = model.Task == ModelTask.Regression;
        var table = ModelTables.Predictions(model.Id);
        var now = time.GetUtcNow();
        SqlParameter[] parameters = [new("version", version), new("from", now - Longest), new("to", now)];
        const string range = "timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND status = 'ok'";
        var shadows =
            $"SELECT trace_id, any(prediction) AS answer, any(prediction_value) AS answer_number FROM {table} WHERE {range} "
            + "AND role = 'shadow' AND version = {version:String} AND trace_id != '' GROUP BY trace_id";
        var same = isNumber ? "p.prediction_value = s.answer_number" : "p.prediction = s.answer";
        var segments = SegmentTexts.Columns(model);
        var pairs = $"""
            FROM (SELECT *, {string.Join(", ", [.. segments, "1 AS one"])} FROM {table} WHERE {range} AND role = 'primary'
                    AND trace_id IN (SELECT trace_id FROM ({shadows})) LIMIT 1 BY trace_id) AS p
            INNER JOIN ({shadows}) AS s ON s.trace_id = p.trace_id
            """;
        var (count, equal, first) = await CountAsync(
            $"SELECT count(), countIf({same}), min(p.timestamp) {pairs}",
            parameters,
            cancellation
        );
        if (count == 0)
            return new ShadowTraffic(0, 0, [], null);
        var statement = new SqlStatement(
            $$"""
            SELECT p.prediction_id, {{(
                isNumber
                    ? "-abs(p.prediction_value - m.value_number), -abs(s.answer_number - m.value_number)"
                    : "toFloat64(p.prediction = m.value), toFloat64(s.answer = m.value)"
            )}}, 'live', {{(isNumber ? "''" : "toString(m.value)")}}{{string.Concat(
                Enumerable.Range(0, segments.Count).Select(i => $", p.s{i}")
            )}}
            {{pairs}}
            INNER JOIN (SELECT id_hash, prediction_id, value, value_number FROM {{ModelTables.Matched(model.Id)}}
                WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}{{(
                    isNumber ? " AND isFinite(value_number)" : ""
                )}}) AS m ON m.id_hash = p.id_hash AND m.prediction_id = p.prediction_id
            ORDER BY p.timestamp, p.prediction_id LIMIT {{MostPairs}}
            """,
            parameters
        );
        using var rows = await store.QueryAsync(statement, cancellation);
        return new ShadowTraffic(count, equal, ComparedCase.Read(rows, segments.Count), first);
    }

    private async Task<(long Pairs, long Same, DateTimeOffset? First)> CountAsync(
        string text,
        SqlParameter[] parameters,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(new SqlStatement(text, parameters), cancellation);
        if (!rows.Read())
            return (0, 0, null);
        var (count, equal, first) = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64(), rows.ReadDateTime64());
        return (count, equal, count > 0 ? first : null);
    }
}

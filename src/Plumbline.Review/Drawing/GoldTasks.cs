using Plumbline.Registry.Models;
using Plumbline.Review.Policies;
using Plumbline.Store;

namespace Plumbline.Review.Drawing;

/// <summary>
/// Predictions whose ground truth is known, put among the tasks to see how well annotators answer. What is answered to them is no ground
/// truth.
/// </summary>
public sealed class GoldTasks(IColumnStore store)
{
    /// <summary>Some for a draw, by its policy's share; those whose ground truth came from people are left out.</summary>
    internal async Task<IReadOnlyList<(DrawnRow Row, string Truth)>> ChooseAsync(
        ModelDefinition model,
        StoredPolicy stored,
        Draw draw,
        CancellationToken cancellation
    )
    {
        var wanted = (int)Math.Round(stored.Policy.GoldShare * draw.Rows.Count);
        if (wanted == 0)
            return [];
        var isNumber = model.Task == ModelTask.Regression;
        var text = $$"""
            SELECT p.prediction_id, p.id_hash, p.timestamp, toString(p.version),
                {{(isNumber ? "toString(p.prediction_value)" : "toString(p.prediction)")}},
                {{(isNumber ? "toString(m.value_number)" : "m.value")}}
            FROM {{ModelTables.Predictions(model.Id)}} AS p
            INNER JOIN (SELECT id_hash, prediction_id, value, value_number FROM {{ModelTables.Matched(model.Id)}}
                WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND source != {review:String}
                ORDER BY sipHash64(id_hash, prediction_id, {seed:UInt64}) LIMIT {limit:UInt32}) AS m
                ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id
            WHERE p.role = 'primary' AND p.timestamp >= {from:DateTime64(3, 'UTC')} AND p.timestamp < {to:DateTime64(3, 'UTC')}
            """;
        using var rows = await store.QueryAsync(
            new SqlStatement(
                text,
                new("from", draw.To - TimeSpan.FromDays(90)),
                new("to", draw.To),
                new("review", ReviewSource.Name),
                new("seed", (long)stored.Id * 1_000_003 + draw.To.ToUnixTimeSeconds()),
                new("limit", wanted)
            ),
            cancellation
        );
        var chosen = new List<(DrawnRow, string)>();
        while (rows.Read())
        {
            var row = new DrawnRow(
                rows.ReadString(),
                rows.ReadUInt64(),
                rows.ReadDateTime64(),
                rows.ReadString(),
                rows.ReadString(),
                Priority: 0,
                ByScore: 0,
                ByChance: 0,
                IsByScore: false
            );
            chosen.Add((row, rows.ReadString()));
        }

        return chosen;
    }
}

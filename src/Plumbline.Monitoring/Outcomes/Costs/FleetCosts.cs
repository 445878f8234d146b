using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>What a model's decisions cost on its newest day.</summary>
/// <param name="PerDay">In the model's currency.</param>
/// <param name="Estimated">True when it is expected and not known yet.</param>
/// <param name="Currency">Code; may be empty.</param>
public sealed record DayCost(double PerDay, bool Estimated, string Currency);

/// <summary>The money of every model that declares a cost, in one statement.</summary>
public sealed class FleetCosts(IColumnStore store, ModelCatalog models)
{
    /// <summary>
    /// By model id: the cost per prediction of the newest day that has one, estimated before realised because all rows have it, times the
    /// predictions of that day.
    /// </summary>
    public async Task<IReadOnlyDictionary<int, DayCost>> ReadAsync(CancellationToken cancellation)
    {
        var priced = models.All.Where(model => model.Cost is not null).ToDictionary(model => model.Id);
        var costs = new Dictionary<int, DayCost>();
        if (priced.Count == 0)
            return costs;
        // Days are what hourly models have; a model with windows of a day has them as base windows.
        using var rows = await store.QueryAsync(
            new SqlStatement(
                """
                SELECT model_id, estimated, argMax(cost, window_start) * argMax(requests, window_start) / 1000
                FROM
                (
                    SELECT model_id, window_start, metric = 'cost.estimated_per_1000' AS estimated, argMax(value, computed_at) AS cost
                    FROM metric_points WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {day:UInt32} AND metric IN ('cost.estimated_per_1000', 'cost.realized_per_1000') AND segment = '' AND version = ''
                    GROUP BY model_id, window_start, estimated HAVING isNotNull(cost)
                ) AS costs
                INNER JOIN
                (
                    SELECT model_id, window_start, argMax(value, computed_at) AS requests
                    FROM metric_points WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {day:UInt32} AND metric = 'input.rows' AND segment = '' AND version = ''
                    GROUP BY model_id, window_start
                ) AS traffic USING (model_id, window_start)
                GROUP BY model_id, estimated ORDER BY model_id, estimated
                """,
                new("models", priced.Keys),
                new("day", (int)CoarseWindows.Day.TotalSeconds)
            ),
            cancellation
        );
        while (rows.Read())
        {
            var (id, estimated, cost) = ((int)rows.ReadUInt32(), rows.ReadByte() != 0, rows.ReadNullableDouble());
            if (cost is { } value)
                costs[id] = new DayCost(value, estimated, priced[id].Cost!.Currency);
        }

        return costs;
    }
}

using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>What a model's decisions cost in its last complete 24 hours, and in the same hours of the week before.</summary>
/// <param name="PerDay">In the model's currency.</param>
/// <param name="WeekBefore">The same of the same hours a week before, by the same kind of cost; null where there is none.</param>
/// <param name="Estimated">True when it is expected and not known yet.</param>
/// <param name="Currency">Code; may be empty.</param>
/// <param name="To">End of the 24 hours.</param>
public sealed record DayCost(double PerDay, double? WeekBefore, bool Estimated, string Currency, DateTimeOffset To);

/// <summary>The money of every model that declares a cost: one definition for all of them.</summary>
public sealed class FleetCosts(IColumnStore store, ModelCatalog models)
{
    /// <summary>The definition in words, as pages state it.</summary>
    public const string Definition =
        "Money: cost per prediction times predictions of the last complete 24 hours of each model. "
        + "Expected cost where the model has estimates, because every prediction has one; else the cost of those with ground truth. "
        + "The change is against the same hours of the week before, by the same kind of cost.";

    /// <summary>By model id; a model without a priced prediction in its last 24 hours is not in it.</summary>
    public async Task<IReadOnlyDictionary<int, DayCost>> ReadAsync(CancellationToken cancellation)
    {
        var costs = new Dictionary<int, DayCost>();
        foreach (var sameWindow in models.All.Where(model => model.Cost is not null).GroupBy(model => model.Window))
        {
            var priced = sameWindow.ToDictionary(model => model.Id);
            using var rows = await store.QueryAsync(Statement(priced.Keys, sameWindow.Key), cancellation);
            while (rows.Read())
            {
                var (id, to) = ((int)rows.ReadUInt32(), rows.ReadDateTime());
                var (estimated, estimatedBefore) = (rows.ReadNullableDouble(), rows.ReadNullableDouble());
                var (realized, realizedBefore) = (rows.ReadNullableDouble(), rows.ReadNullableDouble());
                var currency = priced[id].Cost!.Currency;
                if (estimated is { } expected)
                    costs[id] = new DayCost(expected, estimatedBefore, Estimated: true, currency, to);
                else if (realized is { } known)
                    costs[id] = new DayCost(known, realizedBefore, Estimated: false, currency, to);
            }
        }

        return costs;
    }

    /// <summary>
    /// Windows without a cost (too few rows, no ground truth yet) count with the mean cost of the others of their period.
    /// </summary>
    private static SqlStatement Statement(IEnumerable<int> ids, TimeSpan window)
    {
        static string Period(string cost, string when)
        {
            var priced = $"{when} AND isNotNull({cost})";
            return $"sumIf({cost} * requests, {priced}) / nullIf(sumIf(requests, {priced}), 0) * sumIf(requests, {when}) / 1000";
        }

        const string Late = "late";
        const string Before = "NOT late";
        var text = $$"""
            SELECT model_id, any(newest) AS to,
                {{Period("estimated", Late)}}, {{Period("estimated", Before)}}, {{Period("realized", Late)}}, {{Period("realized", Before)}}
            FROM
            (
                SELECT model_id, window_start, newest, window_start >= newest - {length:UInt32} AS late,
                    anyIf(value, metric = {rows:String}) AS requests,
                    anyIf(value, metric = {estimated:String}) AS estimated, anyIf(value, metric = {realized:String}) AS realized
                FROM metric_points AS points FINAL INNER JOIN
                (
                    SELECT model_id, max(window_end) AS newest FROM metric_points
                    WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {seconds:UInt32}
                        AND metric = {rows:String} AND segment = '' AND version = ''
                    GROUP BY model_id
                ) AS ends USING (model_id)
                WHERE model_id IN {models:Array(UInt32)} AND window_seconds = {seconds:UInt32}
                    AND metric IN ({rows:String}, {estimated:String}, {realized:String})
                    AND segment = '' AND version = '' AND feature = '' AND class = ''
                    AND (window_start >= newest - {length:UInt32}
                        OR (window_start >= newest - {week:UInt32} - {length:UInt32} AND window_start < newest - {week:UInt32}))
                GROUP BY model_id, window_start, newest
            )
            GROUP BY model_id
            """;
        return new SqlStatement(
            text,
            new("models", ids),
            new("seconds", (int)window.TotalSeconds),
            new("length", (int)CoarseWindows.Day.TotalSeconds),
            new("week", (int)CoarseWindows.Week.TotalSeconds),
            new("rows", InputMetrics.Rows),
            new("estimated", CostMetrics.EstimatedPer1000),
            new("realized", CostMetrics.RealizedPer1000)
        );
    }
}

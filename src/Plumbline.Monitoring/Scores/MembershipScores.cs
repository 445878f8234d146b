using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>Scores of 0 or 1: whether something is known about a prediction that others are not known for.</summary>
internal static class MembershipScores
{
    /// <summary>Whether a shadow version answered otherwise.</summary>
    public static PredictionScore Disagreement(ModelDefinition model, ScoreFit fit, DateTimeOffset from, DateTimeOffset to)
    {
        var sql = new ScoreSql(ScoreKind.Disagreement.Name);
        var table = ModelTables.Predictions(model.Id);
        var range = Within(sql, from, to);
        var differ =
            model.Task == ModelTask.Regression
                ? "max(prediction_value) - min(prediction_value) > "
                    + (fit.Losses is null ? "0.1 * max(abs(prediction_value))" : SqlNumber.Of(fit.Losses.Trees.Start))
                : "uniqExact(prediction) > 1";
        // A shadow answers the same request under an id of its own: what they share is the trace.
        var traces =
            $"SELECT trace_id FROM {table} WHERE {range} AND status = 'ok' AND trace_id IN "
            + $"(SELECT trace_id FROM {table} WHERE {range} AND role = 'shadow' AND trace_id != '') "
            + $"GROUP BY trace_id HAVING {differ}";
        return new PredictionScore(ScoreKind.Disagreement, $"toFloat64(trace_id IN ({traces}))", 1, sql.Parameters);
    }

    /// <summary>Whether a bad business signal came; null where none is declared as bad when it rises.</summary>
    public static PredictionScore? Complaint(ModelDefinition model, DateTimeOffset from, DateTimeOffset to)
    {
        string[] bad = [.. model.Signals.Where(signal => signal.UpIsGood == false).Select(signal => signal.Name)];
        if (bad.Length == 0)
            return null;
        var sql = new ScoreSql(ScoreKind.Complaint.Name);
        var ids =
            $"SELECT id_hash, prediction_id FROM {ModelTables.Attributed(model.Id)} WHERE {Within(sql, from, to)} AND value > 0 "
            + $"AND has({sql.Bind("Array(String)", bad)}, name)";
        return new PredictionScore(ScoreKind.Complaint, $"toFloat64((id_hash, prediction_id) IN ({ids}))", 1, sql.Parameters);
    }

    /// <summary>Whether it lies in one of the slices that the newest search found; null where it found none.</summary>
    public static PredictionScore? ColdSpot(IReadOnlyList<(ColdSpot Spot, string Contains)> slices) =>
        slices.Count == 0
            ? null
            : new PredictionScore(ScoreKind.ColdSpot, $"toFloat64({string.Join(" OR ", slices.Select(slice => slice.Contains))})", 1, []);

    /// <summary>
    /// How much answers to a prediction tell of the loss that cold spots explain: for each spot that it lies in, the loss that the spot
    /// explains by the predictions in it. Each spot has as large a part of the sum over all predictions as it has of that loss. 0 outside.
    /// </summary>
    public static string ColdSpotWeight(IReadOnlyList<(ColdSpot Spot, string Contains)> slices)
    {
        var parts = slices.Select(slice =>
            string.Create(CultureInfo.InvariantCulture, $"{slice.Spot.Excess / slice.Spot.Rows:R} * ({slice.Contains})")
        );
        return $"toFloat64({string.Join(" + ", parts.DefaultIfEmpty("0"))})";
    }

    /// <summary>The slices that the newest search found and a condition of predictions can state, each with that condition.</summary>
    public static IReadOnlyList<(ColdSpot Spot, string Contains)> ColdSpots(ModelDefinition model, ColdSpotReport? report)
    {
        List<(ColdSpot, string)> slices = [];
        foreach (var spot in report?.ColdSpots ?? [])
        {
            var conditions = spot.Conditions.Select(condition => condition.AsSliceCondition()).ToList();
            if (conditions.Contains(null))
                continue;
            var slice = new WatchedSlice("spot", [.. conditions.OfType<SliceCondition>()]);
            slices.Add((spot, $"isNotNull({SliceText.Expression(model, slice)})"));
        }

        return slices;
    }

    /// <summary>Whether it was rejected, or had a value of a wrong type.</summary>
    public static PredictionScore Guard() => new(ScoreKind.Guard, "toFloat64(status = 'rejected' OR notEmpty(mapKeys(raw)))", 1, []);

    private static string Within(ScoreSql sql, DateTimeOffset from, DateTimeOffset to) =>
        $"timestamp >= {sql.Bind("DateTime64(3, 'UTC')", from)} AND timestamp < {sql.Bind("DateTime64(3, 'UTC')", to)}";
}

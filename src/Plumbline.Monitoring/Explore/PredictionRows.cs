using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>A stored prediction as a row: which columns are asked for, and how they are read again in that order.</summary>
internal static class PredictionRows
{
    /// <summary>To stand behind SELECT; <see cref="Read"/> reads it.</summary>
    /// <param name="features">Features of the rows.</param>
    /// <param name="scores">Expressions of scores, the one that is sorted by last.</param>
    public static string Columns(IReadOnlyList<FeatureDefinition> features, IEnumerable<string> scores) =>
        "prediction_id, id_hash, timestamp, version, role, status, prediction, prediction_value, score, confidence, entropy, "
        + "latency_ms, raw"
        + string.Concat(features.Select(feature => ", " + feature.Column))
        + $", CAST([{string.Join(", ", scores)}] AS Array(Float64))";

    /// <summary>The row, and by what it stands where it does on its page.</summary>
    public static (PredictionRow Row, ulong Hash, double SortValue) Read(
        QueryRows rows,
        ModelDefinition model,
        IReadOnlyList<FeatureDefinition> features,
        IReadOnlyList<ScoreKind> scores,
        SortField sort
    )
    {
        var (id, hash, timestamp, version, role, status) = (
            rows.ReadString(),
            rows.ReadUInt64(),
            rows.ReadDateTime64(),
            rows.ReadString(),
            rows.ReadString(),
            rows.ReadString()
        );
        var (text, value, score, confidence, entropy, latency) = (
            rows.ReadString(),
            rows.ReadDouble(),
            rows.ReadDouble(),
            rows.ReadDouble(),
            rows.ReadDouble(),
            rows.ReadDouble()
        );
        var wrong = rows.ReadStringMap();
        var values = Values(rows, features);
        var scored = rows.ReadDoubleArray();
        var row = new PredictionRow
        {
            PredictionId = id,
            Timestamp = timestamp,
            Version = version,
            Role = role,
            Status = status,
            Prediction =
                model.Task == ModelTask.Regression ? Number(value)
                : text.Length > 0 ? text
                : null,
            Score = Number(score),
            Confidence = Number(confidence),
            Entropy = Number(entropy),
            LatencyMs = Number(latency),
            Features = values,
            TypeErrors = wrong
                .GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal),
            Scores = ByName(scores, scored),
        };
        var sortValue = SortFields.ScoreOf(sort) is not null ? scored[^1] : SortValue(sort, (score, confidence, entropy, latency, value));
        return (row, hash, sortValue);
    }

    /// <summary>Ground truth as the model speaks of it: a number of a regression, else a class; null where there is none.</summary>
    public static object? Outcome(ModelDefinition model, string text, double number) =>
        model.Task == ModelTask.Regression ? Number(number)
        : text.Length > 0 ? text
        : null;

    /// <summary>As JSON can have it.</summary>
    public static object? Number(double value) =>
        value switch
        {
            double.NaN => null,
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            _ => value,
        };

    private static Dictionary<string, object?> Values(QueryRows rows, IReadOnlyList<FeatureDefinition> features)
    {
        var values = new Dictionary<string, object?>(features.Count, StringComparer.Ordinal);
        foreach (var feature in features)
        {
            values[feature.Name] = feature.Type switch
            {
                FeatureType.Numeric => Number(rows.ReadDouble()),
                FeatureType.Boolean => rows.ReadNullableBoolean(),
                _ => rows.ReadNullableString(),
            };
        }

        return values;
    }

    private static Dictionary<string, object?> ByName(IReadOnlyList<ScoreKind> scores, double[] values) =>
        scores.Zip(values).ToDictionary(pair => pair.First.Name, pair => Number(pair.Second), StringComparer.Ordinal);

    private static double SortValue(SortField sort, (double Score, double Confidence, double Entropy, double Latency, double Value) of) =>
        sort switch
        {
            SortField.Score => of.Score,
            SortField.Confidence => of.Confidence,
            SortField.Entropy => of.Entropy,
            SortField.LatencyMs => of.Latency,
            SortField.PredictionValue => of.Value,
            _ => double.NaN,
        };
}

using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>A stored prediction as a row: which columns are asked for, and how they are read again in that order.</summary>
internal static class PredictionRows
{
    /// <summary>To stand behind SELECT; <see cref="Read"/> reads it.</summary>
    public static string Columns(IReadOnlyList<FeatureDefinition> features) =>
        "prediction_id, id_hash, timestamp, version, role, status, prediction, prediction_value, score, confidence, entropy, "
        + "latency_ms, raw"
        + string.Concat(features.Select(feature => ", " + feature.Column));

    /// <summary>The row, and by what it stands where it does on its page.</summary>
    public static (PredictionRow Row, ulong Hash, double SortValue) Read(
        QueryRows rows,
        ModelDefinition model,
        IReadOnlyList<FeatureDefinition> features,
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
        };
        var sortValue = SortValue(sort, (score, confidence, entropy, latency, value));
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

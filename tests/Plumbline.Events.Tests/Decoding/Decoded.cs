using System.Text;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Tests.Decoding;

/// <summary>A decoded body, copied out of the batch so that tests can look at it.</summary>
internal sealed record Decoded(
    IReadOnlyList<DecodedPrediction> Rows,
    IReadOnlyList<RowRejection> Rejections,
    int RejectedCount,
    IReadOnlyList<string> Ignored
)
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Decoded Predictions(string json, bool numeric = false, EventLimits? limits = null, DateTimeOffset? oldest = null) =>
        Predictions(Encoding.UTF8.GetBytes(json), numeric, limits, oldest);

    public static Decoded Predictions(byte[] json, bool numeric = false, EventLimits? limits = null, DateTimeOffset? oldest = null)
    {
        using var decoder = new EventDecoder(EventKind.Prediction, limits ?? new EventLimits());
        decoder.Begin(new DecodeContext(Now, oldest, numeric));
        decoder.DecodeBody(json);
        return From(decoder.Batch);
    }

    public static Decoded From(EventBatch batch)
    {
        var rows = ReadAll(batch.Seal());
        return new Decoded(rows, [.. batch.Rejections], batch.RejectedCount, [.. batch.IgnoredFields]);
    }

    public static List<DecodedPrediction> ReadAll(ReadOnlyMemory<byte> bytes)
    {
        var reader = new EventBatchReader(bytes);
        var rows = new List<DecodedPrediction>();
        while (reader.TryRead(out Prediction prediction))
        {
            var features = new Dictionary<string, object?>();
            var values = prediction.Features;
            while (values.Read())
            {
                features.Add(
                    reader.NameText(values.Name),
                    values.Kind switch
                    {
                        FeatureValueKind.Missing => null,
                        FeatureValueKind.Number => values.Number,
                        FeatureValueKind.LongInteger => (values.Number, Text(values.Text)),
                        FeatureValueKind.True => true,
                        FeatureValueKind.False => false,
                        FeatureValueKind.Json => new RawJson(Text(values.Text)),
                        _ => Text(values.Text),
                    }
                );
            }
            var probabilities = new Dictionary<string, double>();
            var classes = prediction.Probabilities;
            while (classes.Read())
                probabilities.Add(reader.NameText(classes.Name), classes.Value);
            rows.Add(
                new DecodedPrediction(
                    Text(prediction.Id),
                    prediction.TimestampMs,
                    Text(prediction.Version),
                    prediction.Role,
                    prediction.Status,
                    Text(prediction.Class),
                    prediction.Number,
                    prediction.Score,
                    prediction.LatencyMs,
                    Text(prediction.Error),
                    Text(prediction.TraceId),
                    Text(prediction.Metadata),
                    probabilities,
                    features,
                    prediction.Hash
                )
            );
        }
        return rows;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

internal sealed record RawJson(string Text);

internal sealed record DecodedPrediction(
    string Id,
    long TimestampMs,
    string Version,
    PredictionRole Role,
    PredictionStatus Status,
    string Class,
    double Number,
    double Score,
    double LatencyMs,
    string Error,
    string TraceId,
    string Metadata,
    Dictionary<string, double> Probabilities,
    Dictionary<string, object?> Features,
    IdHash Hash
);

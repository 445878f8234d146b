using System.Text.Json;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>Reads the fields of a prediction.</summary>
internal static class PredictionRows
{
    private static readonly FieldTable Fields = new(
        ("features", FeatureSection.Read),
        ("prediction_id", (ref json, _, row) => row.WriteId(ref json)),
        ("timestamp", (ref json, _, row) => row.ReadTimestamp(ref json)),
        ("prediction", (ref json, _, row) => ReadAnswer(ref json, row)),
        ("score", (ref json, _, row) => ReadScore(ref json, row)),
        ("probabilities", (ref json, _, row) => ProbabilitySection.Read(ref json, row)),
        ("latency_ms", (ref json, _, row) => ReadLatency(ref json, row)),
        ("version", (ref json, _, row) => row.WriteWord(ref json, RowField.Version, "version", row.Limits.WordBytes)),
        ("status", (ref json, _, row) => ReadStatus(ref json, row)),
        ("role", (ref json, _, row) => ReadRole(ref json, row)),
        ("error", (ref json, _, row) => ReadError(ref json, row)),
        ("trace_id", (ref json, _, row) => row.WriteWord(ref json, RowField.TraceId, "trace_id", row.Limits.WordBytes)),
        ("metadata", ReadMetadata),
        ("partial", (ref json, _, row) => ReadPartial(ref json, row))
    );

    public static bool Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.IsKey(ref json) || !Fields.Read(ref json, body, row))
                return false;
        }
        return HasIdentity(row);
    }

    /// <summary>A prediction without an id gets one; a part must have it.</summary>
    public static bool HasIdentity(RowWriter row)
    {
        if (row.HasId)
            return true;
        if (row.IsPart)
            return row.Fail(RejectionCode.FieldMissing, "prediction_id", "A partial event names in 'prediction_id' what it is a part of.");
        row.MakeId();
        return true;
    }

    /// <summary>The answer of a regression.</summary>
    public static bool WriteNumber(double value, RowWriter row)
    {
        if (!double.IsFinite(value))
            return row.Fail(RejectionCode.PredictionInvalid, "prediction", "'prediction' is beyond the range of a 64-bit number.");
        row.WriteNumber(value, RowField.NumberValue);
        return true;
    }

    /// <summary>P(positive class); null for none.</summary>
    public static bool WriteScore(double? score, RowWriter row)
    {
        if (score is not { } written)
            return true;
        if (!ProbabilitySection.TryClamp(written, out var probability))
            return row.Fail(RejectionCode.ProbabilityInvalid, "score", $"'score' is {written:R}; a probability lies in [0, 1].");
        row.WriteNumber(probability, RowField.Score);
        return true;
    }

    /// <summary>Milliseconds; null for none.</summary>
    public static bool WriteLatency(double? milliseconds, RowWriter row)
    {
        if (milliseconds is not { } latency)
            return true;
        if (!(latency >= 0) || !double.IsFinite(latency))
            return row.Fail(RejectionCode.FieldInvalid, "latency_ms", $"'latency_ms' is {latency:R}; it must be 0 or more.");
        row.WriteNumber(latency, RowField.LatencyMs);
        return true;
    }

    /// <summary>An error text, cut at the border of a character where it is too long.</summary>
    public static void WriteError(ReadOnlySpan<byte> text, RowWriter row)
    {
        if (text.Length > row.Limits.ErrorBytes)
        {
            var end = row.Limits.ErrorBytes;
            while (end > 0 && (text[end] & 0xC0) == 0x80)
                end--;
            text = text[..end];
        }
        row.Buffer.WriteByte((byte)RowField.Error);
        row.Buffer.WriteText(text);
    }

    private static bool ReadPartial(ref Utf8JsonReader json, RowState row)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.True:
                row.IsPart = true;
                row.Buffer.WriteByte((byte)RowField.Part);
                return true;
            case JsonTokenType.False or JsonTokenType.Null:
                return true;
            default:
                return row.FailType("partial", "true or false", json.TokenType);
        }
    }

    private static bool ReadAnswer(ref Utf8JsonReader json, RowState row)
    {
        var numeric = row.Context.NumericPrediction;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number when numeric:
                return WriteNumber(json.GetDouble(), row);
            case JsonTokenType.Number or JsonTokenType.String or JsonTokenType.True or JsonTokenType.False when !numeric:
                if (!row.TryClass(ref json, "prediction", out var name))
                    return false;
                row.WriteText(name, RowField.ClassText);
                return true;
            case JsonTokenType.String when JsonTexts.TryParseSpecialNumber(json.ValueSpan, out var special) && double.IsNaN(special):
                // A prediction that is not a number is none: the row counts among those without an answer.
                return true;
            default:
                return row.Fail(
                    RejectionCode.PredictionInvalid,
                    "prediction",
                    numeric
                        ? "The model is a regression: 'prediction' must be a number."
                        : "'prediction' must be a class: text, a number, true or false."
                );
        }
    }

    private static bool ReadScore(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.Number)
            return row.FailType("score", "a number in [0, 1]", json.TokenType);
        return WriteScore(json.GetDouble(), row);
    }

    private static bool ReadLatency(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.Number)
            return row.FailType("latency_ms", "a number", json.TokenType);
        return WriteLatency(json.GetDouble(), row);
    }

    private static bool ReadStatus(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.String)
            return row.FailType("status", "text", json.TokenType);
        if (!row.TryText(ref json, "status", int.MaxValue, out var text))
            return false;
        var status =
            text.SequenceEqual("ok"u8) ? PredictionStatus.Ok
            : text.SequenceEqual("error"u8) ? PredictionStatus.Error
            : text.SequenceEqual("timeout"u8) ? PredictionStatus.Timeout
            : text.SequenceEqual("rejected"u8) ? PredictionStatus.Rejected
            : (PredictionStatus)byte.MaxValue;
        if (status > PredictionStatus.Rejected)
        {
            return row.Fail(
                RejectionCode.FieldInvalid,
                "status",
                $"'{JsonTexts.Shown(json.ValueSpan)}' is not a status; it is ok, error, timeout or rejected."
            );
        }

        row.Buffer.WriteByte((byte)RowField.Status);
        row.Buffer.WriteByte((byte)status);
        return true;
    }

    private static bool ReadRole(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.String)
            return row.FailType("role", "text", json.TokenType);
        if (!row.TryText(ref json, "role", int.MaxValue, out var text))
            return false;
        var shadow = text.SequenceEqual("shadow"u8);
        if (!shadow && !text.SequenceEqual("primary"u8))
        {
            return row.Fail(
                RejectionCode.FieldInvalid,
                "role",
                $"'{JsonTexts.Shown(json.ValueSpan)}' is not a role; it is primary or shadow."
            );
        }

        row.Buffer.WriteByte((byte)RowField.Role);
        row.Buffer.WriteByte((byte)(shadow ? PredictionRole.Shadow : PredictionRole.Primary));
        return true;
    }

    private static bool ReadError(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.String)
            return row.FailType("error", "text", json.TokenType);
        if (!row.TryText(ref json, "error", int.MaxValue, out var text))
            return false;
        WriteError(text, row);
        return true;
    }

    private static bool ReadMetadata(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.StartObject)
            return row.FailType("metadata", "an object", json.TokenType);
        if (!NestedJson.Read(ref json, body, row, "metadata", row.Limits.MetadataBytes, out var text))
            return false;
        row.WriteText(text, RowField.Metadata);
        return true;
    }
}

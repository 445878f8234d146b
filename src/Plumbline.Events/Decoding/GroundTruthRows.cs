using System.Text.Json;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>Reads the fields of a ground truth: <c>prediction_id</c> and <c>value</c> are required.</summary>
internal static class GroundTruthRows
{
    private static readonly FieldTable Fields = new(
        ("prediction_id", (ref json, _, row) => row.WriteId(ref json)),
        ("timestamp", (ref json, _, row) => row.ReadTimestamp(ref json)),
        ("value", (ref json, _, row) => ReadValue(ref json, row)),
        ("source", (ref json, _, row) => row.WriteWord(ref json, RowField.Source, "source", row.Limits.WordBytes))
    );

    public static bool Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.IsKey(ref json) || !Fields.Read(ref json, body, row))
                return false;
        }
        if (!row.HasId)
        {
            return row.Fail(
                RejectionCode.FieldMissing,
                "prediction_id",
                "'prediction_id' is required: it says which prediction this is the truth of."
            );
        }

        return row.HasTruth || row.Fail(RejectionCode.FieldMissing, "value", "'value' is required and not null.");
    }

    private static bool ReadValue(ref Utf8JsonReader json, RowState row)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number:
                var number = json.GetDouble();
                if (!double.IsFinite(number))
                    return row.Fail(RejectionCode.FieldInvalid, "value", "'value' is beyond the range of a 64-bit number.");
                row.WriteNumber(number, RowField.NumberValue);
                return row.WriteTruth(ref json);
            case JsonTokenType.True or JsonTokenType.False or JsonTokenType.String when !row.Context.NumericPrediction:
                return row.WriteTruth(ref json);
            default:
                return row.FailType(
                    "value",
                    row.Context.NumericPrediction ? "a number, since the model is a regression" : "a class: text, a number, true or false",
                    json.TokenType
                );
        }
    }
}

/// <summary>Reads the fields of a business signal: <c>name</c> is required.</summary>
internal static class SignalRows
{
    private const int Name = 0;

    private static readonly FieldTable Fields = new(
        ("name", (ref json, _, row) => ReadName(ref json, row)),
        ("timestamp", (ref json, _, row) => row.ReadTimestamp(ref json)),
        ("value", (ref json, _, row) => ReadValue(ref json, row)),
        ("prediction_id", (ref json, _, row) => row.WriteReferredId(ref json)),
        ("signal_id", (ref json, _, row) => row.WriteSignalId(ref json)),
        ("version", (ref json, _, row) => row.WriteWord(ref json, RowField.Version, "version", row.Limits.WordBytes)),
        ("segment", (ref json, _, row) => row.WriteWord(ref json, RowField.Segment, "segment", row.Limits.WordBytes))
    );

    public static bool Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.IsKey(ref json) || !Fields.Read(ref json, body, row))
                return false;
        }
        return row.Has(Name) || row.Fail(RejectionCode.FieldMissing, "name", "'name' is required: it says what happened.");
    }

    private static bool ReadName(ref Utf8JsonReader json, RowState row) =>
        json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty
            ? row.WriteWord(ref json, RowField.Name, "name", row.Limits.WordBytes)
            : row.FailType("name", "text that is not empty", json.TokenType);

    private static bool ReadValue(ref Utf8JsonReader json, RowState row)
    {
        double value;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                value = json.TokenType == JsonTokenType.True ? 1 : 0;
                break;
            case JsonTokenType.Number:
                value = json.GetDouble();
                if (!double.IsFinite(value))
                    return row.Fail(RejectionCode.FieldInvalid, "value", "'value' is beyond the range of a 64-bit number.");
                break;
            default:
                return row.FailType("value", "a number, true or false", json.TokenType);
        }
        row.WriteNumber(value, RowField.NumberValue);
        return true;
    }
}

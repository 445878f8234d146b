using System.Text.Json;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>Reads the fields of a ground truth: <c>prediction_id</c> and <c>value</c> are required.</summary>
internal static class GroundTruthRows
{
    public static bool Read(ref Utf8JsonReader json, RowState row)
    {
        var hasValue = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.IsKey(ref json) || !ReadField(ref json, row, ref hasValue))
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

        return hasValue || row.Fail(RejectionCode.FieldMissing, "value", "'value' is required and not null.");
    }

    private static bool ReadField(ref Utf8JsonReader json, RowState row, ref bool hasValue)
    {
        if (json.ValueTextEquals("prediction_id"u8))
            return row.Once(0, "prediction_id") && json.Read() && row.WriteId(ref json);
        if (json.ValueTextEquals("timestamp"u8))
            return row.Once(1, "timestamp") && json.Read() && row.ReadTimestamp(ref json);
        if (json.ValueTextEquals("value"u8))
            return row.Once(2, "value") && json.Read() && ReadValue(ref json, row, ref hasValue);
        if (json.ValueTextEquals("source"u8))
            return row.Once(3, "source") && json.Read() && row.WriteWord(ref json, RowField.Source, "source", row.Limits.WordBytes);
        return UnknownFields.Skip(ref json, row);
    }

    private static bool ReadValue(ref Utf8JsonReader json, RowState row, ref bool hasValue)
    {
        hasValue = json.TokenType != JsonTokenType.Null;
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
    public static bool Read(ref Utf8JsonReader json, RowState row)
    {
        var hasName = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.IsKey(ref json) || !ReadField(ref json, row, ref hasName))
                return false;
        }
        return hasName || row.Fail(RejectionCode.FieldMissing, "name", "'name' is required: it says what happened.");
    }

    private static bool ReadField(ref Utf8JsonReader json, RowState row, ref bool hasName)
    {
        if (json.ValueTextEquals("name"u8))
        {
            hasName = row.Once(0, "name") && json.Read() && json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;
            if (row.Code is not null)
                return false;
            return hasName
                ? row.WriteWord(ref json, RowField.Name, "name", row.Limits.WordBytes)
                : row.FailType("name", "text that is not empty", json.TokenType);
        }
        if (json.ValueTextEquals("timestamp"u8))
            return row.Once(1, "timestamp") && json.Read() && row.ReadTimestamp(ref json);
        if (json.ValueTextEquals("value"u8))
            return row.Once(2, "value") && json.Read() && ReadValue(ref json, row);
        if (json.ValueTextEquals("prediction_id"u8))
            return row.Once(3, "prediction_id") && json.Read() && row.WriteReferredId(ref json);
        if (json.ValueTextEquals("signal_id"u8))
            return row.Once(6, "signal_id") && json.Read() && row.WriteSignalId(ref json);
        if (json.ValueTextEquals("version"u8))
            return row.Once(4, "version") && json.Read() && row.WriteWord(ref json, RowField.Version, "version", row.Limits.WordBytes);
        if (json.ValueTextEquals("segment"u8))
            return row.Once(5, "segment") && json.Read() && row.WriteWord(ref json, RowField.Segment, "segment", row.Limits.WordBytes);
        return UnknownFields.Skip(ref json, row);
    }

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

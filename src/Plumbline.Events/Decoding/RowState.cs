using System.Text.Json;
using System.Text.Unicode;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>One row while it is read from JSON.</summary>
internal sealed class RowState(EventLimits limits) : RowWriter(limits)
{
    private byte[] _scratch = new byte[1024];

    public bool FailType(string field, string expected, JsonTokenType found) =>
        Fail(RejectionCode.FieldInvalid, field, $"'{field}' must be {expected}, not {Describe(found)}.");

    /// <summary>False and a refusal when the top-level field came before.</summary>
    public bool Once(int field, string name)
    {
        var bit = 1u << field;
        if ((Seen & bit) != 0)
            return Fail(RejectionCode.DuplicateKey, name, $"The key '{name}' is there twice.");
        Seen |= bit;
        return true;
    }

    /// <summary>Whether the row had the top-level field.</summary>
    public bool Has(int field) => (Seen & (1u << field)) != 0;

    /// <summary>The unescaped text of the current string or property name, checked for valid UTF-8.</summary>
    public bool TryText(ref Utf8JsonReader json, string field, int limit, out ReadOnlySpan<byte> text)
    {
        text = json.ValueSpan;
        if (json.ValueIsEscaped)
        {
            if (text.Length > _scratch.Length)
                _scratch = new byte[text.Length];
            if (!TryUnescape(ref json, out var size))
                return Fail(RejectionCode.TextInvalid, field, $"'{field}' has an escape or bytes that make no valid text.");
            text = _scratch.AsSpan(0, size);
        }
        else if (!Utf8.IsValid(text))
        {
            return Fail(RejectionCode.TextInvalid, field, $"'{field}' is not valid UTF-8.");
        }
        return text.Length <= limit
            || Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {text.Length} bytes; at most {limit} are taken.");
    }

    /// <summary>True when the property name is text; else the row is refused: the reader throws when such a name is compared.</summary>
    public bool IsKey(ref Utf8JsonReader json)
    {
        var raw = json.ValueSpan;
        if (json.ValueIsEscaped ? JsonTexts.IndexOfBrokenText(raw) < 0 : Utf8.IsValid(raw))
            return true;
        var shown = JsonTexts.Shown(raw);
        return Fail(RejectionCode.TextInvalid, shown, $"The key '{shown}' has an escape or bytes that make no valid text.");
    }

    /// <summary>A short text without control characters, from a string or number; null counts as absent (empty).</summary>
    public bool TryWord(ref Utf8JsonReader json, string field, int limit, out ReadOnlySpan<byte> text)
    {
        text = default;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number:
                text = JsonTexts.CanonicalNumber(json.ValueSpan, json.GetDouble(), _scratch);
                return text.Length <= limit
                    || Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {text.Length} digits; at most {limit} are taken.");
            case JsonTokenType.String:
                return TryText(ref json, field, limit, out text)
                    && (
                        !JsonTexts.HasControlCharacters(text)
                        || Fail(RejectionCode.TextInvalid, field, $"'{field}' has control characters.")
                    );
            default:
                return FailType(field, "text", json.TokenType);
        }
    }

    public bool WriteWord(ref Utf8JsonReader json, RowField tag, string field, int limit)
    {
        if (!TryWord(ref json, field, limit, out var text))
            return false;
        WriteText(text, tag);
        return true;
    }

    /// <summary>The id of the prediction, which is the row's own: of the prediction itself or of its ground truth.</summary>
    public bool WriteId(ref Utf8JsonReader json)
    {
        if (!TryId(ref json, "prediction_id", out var text))
            return false;
        if (!text.IsEmpty)
            WriteId(text, RowField.Id);
        return true;
    }

    /// <summary>The id of the prediction that a signal belongs to: many signals may name the same.</summary>
    public bool WriteReferredId(ref Utf8JsonReader json)
    {
        if (!TryId(ref json, "prediction_id", out var text))
            return false;
        WriteText(text, RowField.Id);
        return true;
    }

    /// <summary>A signal's own id.</summary>
    public bool WriteSignalId(ref Utf8JsonReader json)
    {
        if (!TryId(ref json, "signal_id", out var text))
            return false;
        if (!text.IsEmpty)
            WriteId(text, RowField.SignalId);
        return true;
    }

    private bool TryId(ref Utf8JsonReader json, string field, out ReadOnlySpan<byte> text)
    {
        if (!TryWord(ref json, field, Limits.IdBytes, out text))
            return Fail(RejectionCode.IdInvalid, field, Detail!);
        return !text.IsEmpty || json.TokenType != JsonTokenType.String || Fail(RejectionCode.IdInvalid, field, $"'{field}' is empty.");
    }

    /// <summary>The one text of a class, from a string, a number, true or false; empty when it means that there is none.</summary>
    public bool TryClass(ref Utf8JsonReader json, string field, out ReadOnlySpan<byte> name)
    {
        name = json.ValueSpan;
        switch (json.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                break;
            case JsonTokenType.Number:
                var whole = ClassNames.Canonical(name, ClassForm.AsWritten);
                name = JsonTexts.IsInteger(whole) ? whole : JsonTexts.CanonicalNumber(json.GetDouble(), _scratch);
                break;
            case JsonTokenType.String or JsonTokenType.PropertyName:
                if (!TryText(ref json, field, int.MaxValue, out name))
                    return false;
                break;
            default:
                return FailType(field, "a class: text, a number, true or false", json.TokenType);
        }
        return TryClassName(ref name, field);
    }

    /// <summary>Writes the value of a ground truth and remembers its hash.</summary>
    public bool WriteTruth(ref Utf8JsonReader json)
    {
        if (Context.NumericPrediction)
            return TryWord(ref json, "value", Limits.ClassBytes, out var number) && WriteTruth(number);
        if (!TryClass(ref json, "value", out var name))
            return false;
        return name.IsEmpty
            ? Fail(
                RejectionCode.FieldMissing,
                "value",
                $"'value' is {ShowValue(ref json)}, which means that there is none; send the row when the truth is known."
            )
            : WriteTruth(name);
    }

    public bool ReadTimestamp(ref Utf8JsonReader json)
    {
        long time;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.String when Rfc3339.TryParse(json.ValueSpan, out time):
                break;
            case JsonTokenType.Number when json.TryGetInt64(out time):
                if (EpochTimes.IsMistakenUnit(time))
                    return Fail(RejectionCode.TimestampInvalid, "timestamp", EpochTimes.MistakenUnit(time));
                break;
            case JsonTokenType.Number:
                return Fail(
                    RejectionCode.TimestampInvalid,
                    "timestamp",
                    $"{ShowValue(ref json)} is no whole number: epoch milliseconds have no fraction; round them."
                );
            default:
                return Fail(
                    RejectionCode.TimestampInvalid,
                    "timestamp",
                    $"{ShowValue(ref json)} is neither RFC 3339 with an offset nor epoch milliseconds."
                );
        }
        return TakeTimestamp(time);
    }

    private bool TryUnescape(ref Utf8JsonReader json, out int size)
    {
        try
        {
            size = json.CopyString(_scratch);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say: half a surrogate pair, or bytes that are not UTF-8.
            size = 0;
            return false;
        }
    }

    private static string ShowValue(ref Utf8JsonReader json) =>
        json.TokenType is JsonTokenType.String or JsonTokenType.Number ? $"'{JsonTexts.Shown(json.ValueSpan)}'" : Describe(json.TokenType);

    private static string Describe(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "true or false",
            _ => "null",
        };
}

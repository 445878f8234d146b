using System.Text.Json;
using System.Text.Unicode;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>One row while it is read: where it is written, what was found in it, and why it is refused.</summary>
internal sealed class RowState(EventLimits limits)
{
    private readonly List<int> _firsts = [];
    private byte[] _scratch = new byte[1024];
    private uint _seen;
    private int _start;
    private long _index;
    private int _idOffset;
    private int _idSize;
    private bool _idMade;
    private ulong _valueHash;
    private IdHash _hash;
    private long _timestampMs;
    private bool _hasTimestamp;
    private ClassForm _form;

    public EventLimits Limits { get; } = limits;

    public EventBatch Batch { get; private set; } = null!;

    public DecodeContext Context { get; private set; } = null!;

    public ByteBuffer Buffer => Batch.Buffer;

    /// <summary>Counts rows of the batch, refused ones too: the stamp by which names know that they were in this row already.</summary>
    public int Stamp { get; private set; }

    public bool HasId => _idSize > 0;

    public string? Code { get; private set; }

    public string? Field { get; private set; }

    public string? Detail { get; private set; }

    public void Attach(EventBatch batch, DecodeContext context)
    {
        Batch = batch;
        Context = context;
        _form = context.Form;
        Stamp = 0;
    }

    public void BeginRow(long index)
    {
        _index = index;
        _seen = 0;
        _idOffset = 0;
        _idSize = 0;
        _idMade = false;
        IsPart = false;
        _valueHash = 0;
        _hash = default;
        _hasTimestamp = false;
        Code = null;
        Field = null;
        Detail = null;
        Stamp++;
        _start = Buffer.Length;
        Buffer.Reserve(EventBatch.RowHeaderBytes);
        Buffer.Advance(EventBatch.RowHeaderBytes);
    }

    public void CompleteRow()
    {
        var size = Buffer.Length - _start;
        if (!_hasTimestamp)
            _timestampMs = Context.ReceivedAt.ToUnixTimeMilliseconds();
        Buffer.PatchInt32(_start, size);
        Buffer.PatchInt64(_start + 4, (long)_hash.Low);
        Buffer.PatchInt64(_start + 12, (long)_hash.High);
        Buffer.PatchInt64(_start + 20, _timestampMs);
        _firsts.Clear();
        Batch.Add(new RowSlot(_index, _start, size, _hash, _timestampMs, _idOffset, _idSize, _idMade, _valueHash, IsPart));
    }

    public void RefuseRow()
    {
        Buffer.Truncate(_start);
        foreach (var name in _firsts)
            Batch.Names.At(name).FirstKind = FeatureValueKind.Missing;
        _firsts.Clear();
        Batch.Reject(_index, Code ?? RejectionCode.RowNotObject, Field, Detail ?? "The row is not a JSON object.");
    }

    /// <summary>Remembers the shape of a feature's first value; forgotten again when the row is refused.</summary>
    public void NoteKind(int name, FeatureValueKind kind, int length)
    {
        ref var entry = ref Batch.Names.At(name);
        if (entry.FirstKind != FeatureValueKind.Missing)
            return;
        entry.FirstKind = kind;
        entry.FirstLength = length;
        _firsts.Add(name);
    }

    /// <summary>Notes why the row is refused; always false, to be returned.</summary>
    public bool Fail(string code, string? field, string detail)
    {
        Code = code;
        Field = field;
        Detail = detail;
        return false;
    }

    public bool FailType(string field, string expected, JsonTokenType found) =>
        Fail(RejectionCode.FieldInvalid, field, $"'{field}' must be {expected}, not {Describe(found)}.");

    /// <summary>False and a refusal when the top-level field came before.</summary>
    public bool Once(int field, string name)
    {
        var bit = 1u << field;
        if ((_seen & bit) != 0)
            return Fail(RejectionCode.DuplicateKey, name, $"The key '{name}' is there twice.");
        _seen |= bit;
        return true;
    }

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

    /// <summary>Whether the row is a part of a prediction.</summary>
    public bool IsPart { get; set; }

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
        if (text.Length > 0)
        {
            Buffer.WriteByte((byte)tag);
            Buffer.WriteText(text);
        }
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
        if (!text.IsEmpty)
        {
            Buffer.WriteByte((byte)RowField.Id);
            Buffer.WriteText(text);
        }
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
        name = Canonical(name);
        if (name.Length > Limits.ClassBytes)
            return Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {name.Length} bytes; at most {Limits.ClassBytes} are taken.");
        return !JsonTexts.HasControlCharacters(name) || Fail(RejectionCode.TextInvalid, field, $"'{field}' has control characters.");
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

    private ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> written)
    {
        var name = ClassNames.Canonical(written, _form);
        if (!Context.LearnsForm || _form != ClassForm.AsWritten || ClassNames.FormOf(name) is var form && form == ClassForm.AsWritten)
            return name;
        _form = form;
        Batch.TellingClass = System.Text.Encoding.UTF8.GetString(name);
        return name;
    }

    private bool WriteTruth(ReadOnlySpan<byte> text)
    {
        _valueHash = IdHash.OfValue(text);
        Buffer.WriteByte((byte)RowField.ClassText);
        Buffer.WriteText(text);
        return true;
    }

    /// <summary>Makes a UUIDv7 for a row that has no id.</summary>
    public void MakeId()
    {
        Span<byte> text = stackalloc byte[36];
        Guid.CreateVersion7(Context.ReceivedAt).TryFormat(text, out _);
        WriteId(text, RowField.Id);
        _idMade = true;
    }

    public bool ReadTimestamp(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.String when Rfc3339.TryParse(json.ValueSpan, out _timestampMs):
                break;
            case JsonTokenType.Number when json.TryGetInt64(out _timestampMs):
                if (_timestampMs is > -EpochTimes.SmallestPlausibleMs and < EpochTimes.SmallestPlausibleMs)
                {
                    return Fail(
                        RejectionCode.TimestampInvalid,
                        "timestamp",
                        $"{_timestampMs} looks like seconds; a number must be epoch milliseconds."
                    );
                }

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
        _hasTimestamp = true;
        return CheckTimestamp();
    }

    private bool CheckTimestamp()
    {
        if (_timestampMs < 0)
            return Fail(RejectionCode.TimestampInvalid, "timestamp", "Times before 1970 cannot be stored.");
        if (_timestampMs > (Context.ReceivedAt + Limits.AllowedFuture).ToUnixTimeMilliseconds())
        {
            return Fail(
                RejectionCode.TimestampInFuture,
                "timestamp",
                $"The time is more than {EpochTimes.Describe(Limits.AllowedFuture)} ahead of the server's clock."
            );
        }

        if (Context.OldestAllowed is { } oldest && _timestampMs < oldest.ToUnixTimeMilliseconds())
        {
            return Fail(
                RejectionCode.TimestampTooOld,
                "timestamp",
                $"The time is before {oldest.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, where the model's retention ends."
            );
        }

        return true;
    }

    private void WriteId(ReadOnlySpan<byte> text, RowField field)
    {
        _hash = IdHash.Of(text);
        Buffer.WriteByte((byte)field);
        Buffer.WriteText(text);
        _idOffset = Buffer.Length - text.Length;
        _idSize = text.Length;
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

using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>One row while it is written: where, what was found in it, and why it is refused. Knows no JSON.</summary>
internal class RowWriter(EventLimits limits)
{
    private readonly List<int> _firsts = [];
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

    /// <summary>Whether the value of a ground truth was written.</summary>
    public bool HasTruth { get; private set; }

    public string? Code { get; private set; }

    public string? Field { get; private set; }

    public string? Detail { get; private set; }

    /// <summary>The top-level fields that the row had already, a bit each.</summary>
    protected uint Seen { get; set; }

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
        Seen = 0;
        _idOffset = 0;
        _idSize = 0;
        _idMade = false;
        IsPart = false;
        HasTruth = false;
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

    /// <summary>Whether the row is a part of a prediction.</summary>
    public bool IsPart { get; set; }

    /// <summary>A text under its tag; an empty one is none.</summary>
    public void WriteText(ReadOnlySpan<byte> text, RowField tag)
    {
        if (text.IsEmpty)
            return;
        Buffer.WriteByte((byte)tag);
        Buffer.WriteText(text);
    }

    /// <summary>A number under its tag.</summary>
    public void WriteNumber(double value, RowField tag)
    {
        Buffer.WriteByte((byte)tag);
        Buffer.WriteDouble(value);
    }

    /// <summary>
    /// Turns a class as it was written into the model's form of it, and checks it; empty when it means that there is none.
    /// </summary>
    public bool TryClassName(ref ReadOnlySpan<byte> name, string field)
    {
        name = Canonical(name);
        if (name.Length > Limits.ClassBytes)
            return Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {name.Length} bytes; at most {Limits.ClassBytes} are taken.");
        return !JsonTexts.HasControlCharacters(name) || Fail(RejectionCode.TextInvalid, field, $"'{field}' has control characters.");
    }

    /// <summary>The time of the event, epoch milliseconds.</summary>
    public bool TakeTimestamp(long milliseconds)
    {
        _timestampMs = milliseconds;
        _hasTimestamp = true;
        return CheckTimestamp();
    }

    /// <summary>The row's own id.</summary>
    public void WriteId(ReadOnlySpan<byte> text, RowField field)
    {
        _hash = IdHash.Of(text);
        Buffer.WriteByte((byte)field);
        Buffer.WriteText(text);
        _idOffset = Buffer.Length - text.Length;
        _idSize = text.Length;
    }

    /// <summary>Writes the value of a ground truth and remembers its hash.</summary>
    public bool WriteTruth(ReadOnlySpan<byte> text)
    {
        _valueHash = IdHash.OfValue(text);
        HasTruth = true;
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

    private ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> written)
    {
        var name = ClassNames.Canonical(written, _form);
        if (!Context.LearnsForm || _form != ClassForm.AsWritten || ClassNames.FormOf(name) is var form && form == ClassForm.AsWritten)
            return name;
        _form = form;
        Batch.TellingClass = System.Text.Encoding.UTF8.GetString(name);
        return name;
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
}

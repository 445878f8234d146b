using System.Text;

namespace Plumbline.Events.Batches;

/// <summary>
/// Reads the bytes of a sealed <see cref="EventBatch"/>, row by row, without copying. The bytes must not change meanwhile.
/// </summary>
public sealed class EventBatchReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int[] _nameOffsets;
    private readonly int _namesStart;
    private int _position = EventBatch.HeaderBytes;
    private int _left;

    /// <summary>Opens a batch.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a batch of a known format.</exception>
    public EventBatchReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        var header = new SpanReader(bytes.Span);
        var format = header.ReadByte();
        if (format != EventBatch.FormatVersion)
            throw new InvalidDataException($"A batch has format {format}; this version reads {EventBatch.FormatVersion}.");
        Kind = (EventKind)header.ReadByte();
        header.Take(2);
        RowCount = header.ReadInt32();
        ReceivedAtMs = header.ReadInt64();
        _namesStart = header.ReadInt32();
        if (_namesStart < EventBatch.HeaderBytes || _namesStart > bytes.Length)
            throw new InvalidDataException("The names of a batch lie outside it.");
        _left = RowCount;
        _nameOffsets = ReadNames();
    }

    /// <summary>What the rows are.</summary>
    public EventKind Kind { get; }

    /// <summary>Rows in the batch.</summary>
    public int RowCount { get; }

    /// <summary>When the rows reached the server, epoch ms.</summary>
    public long ReceivedAtMs { get; }

    /// <summary>Number of names.</summary>
    public int NameCount => _nameOffsets.Length;

    /// <summary>The encoded name table: equal bytes mean equal names in equal order.</summary>
    public ReadOnlySpan<byte> EncodedNames => _bytes.Span[_namesStart..];

    /// <summary>A name as UTF-8.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        var reader = new SpanReader(_bytes.Span[_nameOffsets[index]..]);
        return reader.ReadText();
    }

    /// <summary>A name as text (allocates).</summary>
    public string NameText(int index) => Encoding.UTF8.GetString(Name(index));

    /// <summary>The next row as a prediction; false after the last.</summary>
    public bool TryRead(out Prediction prediction)
    {
        var more = Next(out var row);
        prediction = more ? row.ReadPrediction() : default;
        return more;
    }

    /// <summary>The next row as a ground truth; false after the last.</summary>
    public bool TryRead(out GroundTruth truth)
    {
        var more = Next(out var row);
        truth = more ? row.ReadGroundTruth() : default;
        return more;
    }

    /// <summary>The next row as a signal; false after the last.</summary>
    public bool TryRead(out Signal signal)
    {
        var more = Next(out var row);
        signal = more ? row.ReadSignal() : default;
        return more;
    }

    /// <summary>Only hash and time of the next row, which is then passed; false after the last.</summary>
    public bool TryReadIdentity(out IdHash hash, out long timestampMs)
    {
        hash = default;
        timestampMs = 0;
        if (_left == 0)
            return false;
        _left--;
        var reader = new SpanReader(_bytes.Span[_position..]);
        _position += CheckSize(reader.ReadInt32());
        hash = new IdHash(reader.ReadUInt64(), reader.ReadUInt64());
        timestampMs = reader.ReadInt64();
        return true;
    }

    private bool Next(out RowReader row)
    {
        row = default;
        if (_left == 0)
            return false;
        _left--;
        var sizeReader = new SpanReader(_bytes.Span[_position..]);
        var size = CheckSize(sizeReader.ReadInt32());
        row = new RowReader(_bytes.Span.Slice(_position, size));
        _position += size;
        return true;
    }

    private int CheckSize(int size) =>
        size >= EventBatch.RowHeaderBytes && size <= _namesStart - _position
            ? size
            : throw new InvalidDataException($"A row of a batch says that it has {size} bytes; {_namesStart - _position} are left.");

    private int[] ReadNames()
    {
        var reader = new SpanReader(_bytes.Span[_namesStart..]);
        var count = reader.ReadVarint();
        if (count > (uint)(_bytes.Length - _namesStart))
            throw new InvalidDataException("A batch says that it has more names than bytes.");
        var offsets = new int[count];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _namesStart + reader.Position;
            reader.ReadText();
        }
        return offsets;
    }
}

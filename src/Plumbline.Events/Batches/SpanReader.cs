using System.Buffers.Binary;

namespace Plumbline.Events.Batches;

/// <summary>Reads what <see cref="ByteBuffer"/> wrote; throws <see cref="InvalidDataException"/> beyond the end.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    public byte ReadByte() => Take(1)[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public uint ReadVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = ReadByte();
            value |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
        throw new InvalidDataException("A length in an encoded batch is not terminated.");
    }

    public ReadOnlySpan<byte> ReadText() => Take((int)ReadVarint());

    public ReadOnlySpan<byte> Take(int size)
    {
        if ((uint)size > (uint)(_bytes.Length - Position))
            throw new InvalidDataException($"An encoded batch ends too early: {size} bytes wanted at {Position} of {_bytes.Length}.");
        var taken = _bytes.Slice(Position, size);
        Position += size;
        return taken;
    }
}

/// <summary>Walks over the features of a prediction. <see cref="Read"/> first, then the members.</summary>
public ref struct FeatureReader
{
    private SpanReader _reader;
    private int _left;

    internal FeatureReader(ReadOnlySpan<byte> section)
    {
        _reader = new SpanReader(section);
        _left = section.IsEmpty ? 0 : _reader.ReadInt32();
    }

    /// <summary>Index in the batch's names.</summary>
    public int Name { get; private set; }

    /// <summary>Shape of the value.</summary>
    public FeatureValueKind Kind { get; private set; }

    /// <summary>The number of <see cref="FeatureValueKind.Number"/> and <see cref="FeatureValueKind.LongInteger"/>.</summary>
    public double Number { get; private set; }

    /// <summary>
    /// The text of <see cref="FeatureValueKind.Text"/>, JSON of <see cref="FeatureValueKind.Json"/>, digits of
    /// <see cref="FeatureValueKind.LongInteger"/>.
    /// </summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Goes to the next feature; false after the last.</summary>
    public bool Read()
    {
        if (_left == 0)
            return false;
        _left--;
        Name = (int)_reader.ReadVarint();
        Kind = (FeatureValueKind)_reader.ReadByte();
        switch (Kind)
        {
            case FeatureValueKind.Number:
                Number = _reader.ReadDouble();
                break;
            case FeatureValueKind.LongInteger:
                Number = _reader.ReadDouble();
                Text = _reader.ReadText();
                break;
            case FeatureValueKind.Text or FeatureValueKind.Json:
                Text = _reader.ReadText();
                break;
        }
        return true;
    }
}

/// <summary>Walks over the probabilities of a prediction. <see cref="Read"/> first, then the members.</summary>
public ref struct ProbabilityReader
{
    private SpanReader _reader;
    private int _left;

    internal ProbabilityReader(ReadOnlySpan<byte> section)
    {
        _reader = new SpanReader(section);
        _left = section.IsEmpty ? 0 : _reader.ReadInt32();
        Count = _left;
    }

    /// <summary>Number of classes.</summary>
    public int Count { get; }

    /// <summary>Index of the class in the batch's names.</summary>
    public int Name { get; private set; }

    /// <summary>In [0, 1].</summary>
    public double Value { get; private set; }

    /// <summary>Goes to the next class; false after the last.</summary>
    public bool Read()
    {
        if (_left == 0)
            return false;
        _left--;
        Name = (int)_reader.ReadVarint();
        Value = _reader.ReadDouble();
        return true;
    }
}

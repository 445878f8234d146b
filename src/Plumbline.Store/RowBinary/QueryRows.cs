using System.Buffers.Binary;
using System.Text;

namespace Plumbline.Store;

/// <summary>
/// A query's rows in the engine's RowBinary form: call <see cref="Read"/>, then one reading method per column in the statement's
/// order and type (<c>LowCardinality(T)</c> reads as <c>T</c>). The answer names its columns' types, and the first row is checked
/// against the methods called: a method of another type throws <see cref="InvalidOperationException"/> instead of giving nonsense.
/// </summary>
public sealed class QueryRows : IDisposable
{
    internal const string Format = "RowBinaryWithNamesAndTypes";

    private readonly string[] _names;
    private readonly string[] _types;
    private byte[] _bytes;
    private int _position;
    private int _column;
    private bool _started;
    private bool _firstRow;

    internal QueryRows(byte[] bytes)
    {
        _bytes = bytes;
        // A statement without an answer (no columns) has no header either.
        var columns = bytes.Length == 0 ? 0 : TakeCount();
        _names = new string[columns];
        _types = new string[columns];
        for (var i = 0; i < columns; i++)
            _names[i] = Encoding.UTF8.GetString(Take(TakeCount()));
        for (var i = 0; i < columns; i++)
            _types[i] = WithoutLowCardinality(Encoding.UTF8.GetString(Take(TakeCount())));
        _column = columns;
    }

    /// <summary>The columns' names in the statement's order.</summary>
    public IReadOnlyList<string> ColumnNames => _names;

    /// <summary>The columns' types as the engine writes them, without <c>LowCardinality</c>.</summary>
    public IReadOnlyList<string> ColumnTypes => _types;

    /// <summary>Whether there is a further row.</summary>
    /// <exception cref="InvalidOperationException">The previous row was not read to its end.</exception>
    public bool Read()
    {
        if (_column != _types.Length)
            throw new InvalidOperationException($"Only {_column} of the row's {_types.Length} columns were read.");
        if (_position >= _bytes.Length)
            return false;
        _firstRow = !_started;
        _started = true;
        _column = 0;
        return true;
    }

    /// <summary>UInt8, Int8, Enum8 (as its number), Bool.</summary>
    public byte ReadByte()
    {
        Begin("UInt8", "Int8", "Enum8(", "Bool");
        return Take(1)[0];
    }

    /// <summary>Bool or UInt8: anything but 0 is true.</summary>
    public bool ReadBoolean()
    {
        Begin("Bool", "UInt8");
        return Take(1)[0] != 0;
    }

    /// <summary>UInt16.</summary>
    public ushort ReadUInt16()
    {
        Begin("UInt16");
        return BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
    }

    /// <summary>UInt32.</summary>
    public uint ReadUInt32()
    {
        Begin("UInt32");
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
    }

    /// <summary>Int32.</summary>
    public int ReadInt32()
    {
        Begin("Int32");
        return BinaryPrimitives.ReadInt32LittleEndian(Take(4));
    }

    /// <summary>UInt64.</summary>
    public ulong ReadUInt64()
    {
        Begin("UInt64");
        return TakeUInt64();
    }

    /// <summary>Int64.</summary>
    public long ReadInt64()
    {
        Begin("Int64");
        return (long)TakeUInt64();
    }

    /// <summary>Float64.</summary>
    public double ReadDouble()
    {
        Begin("Float64");
        return TakeDouble();
    }

    /// <summary>Nullable(Float64).</summary>
    public double? ReadNullableDouble() => BeginNullable("Float64") ? null : TakeDouble();

    /// <summary>Nullable(Bool).</summary>
    public bool? ReadNullableBoolean() => BeginNullable("Bool") ? null : Take(1)[0] != 0;

    /// <summary>String, as UTF-8; invalid bytes become U+FFFD.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadStringBytes());

    /// <summary>String as its bytes; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> ReadStringBytes()
    {
        Begin("String");
        return Take(TakeCount());
    }

    /// <summary>Nullable(String).</summary>
    public string? ReadNullableString() => BeginNullable("String") ? null : TakeString();

    /// <summary>DateTime64(3).</summary>
    public DateTimeOffset ReadDateTime64()
    {
        Begin("DateTime64(3");
        return DateTimeOffset.FromUnixTimeMilliseconds((long)TakeUInt64());
    }

    /// <summary>DateTime.</summary>
    public DateTimeOffset ReadDateTime()
    {
        Begin("DateTime", "DateTime('");
        return DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
    }

    /// <summary>Nullable(DateTime64(3)).</summary>
    public DateTimeOffset? ReadNullableDateTime64() =>
        BeginNullable("DateTime64(3") ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)TakeUInt64());

    /// <summary>Array(Float64).</summary>
    public double[] ReadDoubleArray()
    {
        Begin("Array(Float64)");
        var values = new double[TakeElementCount(sizeof(double))];
        for (var i = 0; i < values.Length; i++)
            values[i] = TakeDouble();
        return values;
    }

    /// <summary>Array(UInt64).</summary>
    public ulong[] ReadUInt64Array()
    {
        Begin("Array(UInt64)");
        var values = new ulong[TakeElementCount(sizeof(ulong))];
        for (var i = 0; i < values.Length; i++)
            values[i] = TakeUInt64();
        return values;
    }

    /// <summary>Array(String).</summary>
    public string[] ReadStringArray()
    {
        Begin("Array(String)");
        var values = new string[TakeElementCount(1)];
        for (var i = 0; i < values.Length; i++)
            values[i] = TakeString();
        return values;
    }

    /// <summary>Map(String, Float64), in the stored order; keys can repeat when they were inserted so.</summary>
    public KeyValuePair<string, double>[] ReadDoubleMap()
    {
        Begin("Map(String, Float64)");
        var entries = new KeyValuePair<string, double>[TakeElementCount(1 + sizeof(double))];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new(TakeString(), TakeDouble());
        return entries;
    }

    /// <summary>Map(String, String), in the stored order; keys can repeat when they were inserted so.</summary>
    public KeyValuePair<string, string>[] ReadStringMap()
    {
        Begin("Map(String, String)");
        var entries = new KeyValuePair<string, string>[TakeElementCount(2)];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new(TakeString(), TakeString());
        return entries;
    }

    /// <summary>Lets the answer's memory go.</summary>
    public void Dispose()
    {
        _bytes = [];
        _position = 0;
    }

    /// <summary>
    /// Moves to the next column and, in the first row, checks that it has one of the types (or starts so, where an opening bracket ends the
    /// text).
    /// </summary>
    private void Begin(params ReadOnlySpan<string> allowed)
    {
        if (_column >= _types.Length || !_started)
        {
            throw new InvalidOperationException(
                _started ? $"The answer has only {_types.Length} columns." : "Read() comes before the first column."
            );
        }

        var column = _column++;
        if (!_firstRow)
            return;
        foreach (var type in allowed)
        {
            if (
                _types[column] == type
                || (type.Contains('(', StringComparison.Ordinal) && _types[column].StartsWith(type, StringComparison.Ordinal))
            )
            {
                return;
            }
        }
        throw new InvalidOperationException($"Column {column} '{_names[column]}' is of the type {_types[column]}, read as {allowed[0]}.");
    }

    private bool BeginNullable(string inner)
    {
        // A bare NULL in the statement is Nullable(Nothing): it fits every type.
        Begin($"Nullable({inner}", "Nullable(Nothing)");
        return Take(1)[0] != 0;
    }

    private static string WithoutLowCardinality(string type)
    {
        const string Wrapper = "LowCardinality(";
        for (
            var start = type.IndexOf(Wrapper, StringComparison.Ordinal);
            start >= 0;
            start = type.IndexOf(Wrapper, StringComparison.Ordinal)
        )
        {
            var depth = 1;
            var end = start + Wrapper.Length;
            for (; depth > 0; end++)
            {
                depth += type[end] switch
                {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
            }

            type = string.Concat(
                type.AsSpan(0, start),
                type.AsSpan(start + Wrapper.Length, end - 1 - start - Wrapper.Length),
                type.AsSpan(end)
            );
        }
        return type;
    }

    private ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private double TakeDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    private string TakeString() => Encoding.UTF8.GetString(Take(TakeCount()));

    private int TakeElementCount(int smallestElement)
    {
        var count = TakeCount();
        return (long)count * smallestElement <= _bytes.Length - _position ? count : throw PastTheEnd();
    }

    private int TakeCount()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value <= int.MaxValue ? (int)value : throw PastTheEnd();
        }
        throw PastTheEnd();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_bytes.Length - _position < count)
            throw PastTheEnd();
        var span = _bytes.AsSpan(_position, count);
        _position += count;
        return span;
    }

    private static EndOfStreamException PastTheEnd() => new("The answer ends inside a value.");
}

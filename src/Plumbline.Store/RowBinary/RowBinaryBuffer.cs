using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Plumbline.Store;

/// <summary>
/// Writes rows in the engine's RowBinary form: the columns' values one after another, no separators. The caller writes exactly the
/// inserted columns in their order. <c>LowCardinality(T)</c> is written as <c>T</c>; a value of a <c>Nullable(T)</c> column starts
/// with <see cref="WritePresent"/> or is <see cref="WriteNull"/>. Not safe for several threads.
/// </summary>
public sealed class RowBinaryBuffer : IDisposable
{
    private byte[] _bytes;
    private int _length;

    /// <summary>A buffer that starts at <paramref name="capacity"/> bytes and grows.</summary>
    public RowBinaryBuffer(int capacity = 65_536) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));

    /// <summary>Bytes written since the start or the last <see cref="Clear"/>.</summary>
    public int Length => _length;

    /// <summary>What was written; valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Forgets what was written after <paramref name="length"/> bytes: takes a half-written row back.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>UInt8, Bool, Enum8.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    /// <summary>Bool.</summary>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>UInt32; also DateTime as seconds since 1970.</summary>
    public void WriteUInt32(uint value) => Write(value, sizeof(uint));

    /// <summary>UInt64.</summary>
    public void WriteUInt64(ulong value) => Write(value, sizeof(ulong));

    /// <summary>Int64.</summary>
    public void WriteInt64(long value) => Write(value, sizeof(long));

    /// <summary>Float64; NaN and infinities are written as they are.</summary>
    public void WriteDouble(double value) => Write(value, sizeof(double));

    /// <summary>DateTime64(3) as milliseconds since 1970 UTC.</summary>
    public void WriteDateTime64Ms(long epochMs) => Write(epochMs, sizeof(long));

    /// <summary>DateTime; the time must lie in 1970..2106.</summary>
    public void WriteDateTime(DateTimeOffset value) => WriteUInt32(checked((uint)value.ToUnixTimeSeconds()));

    /// <summary>The null of any Nullable column.</summary>
    public void WriteNull() => WriteByte(1);

    /// <summary>The mark before a present value of a Nullable column.</summary>
    public void WritePresent() => WriteByte(0);

    /// <summary>Nullable(Float64): null as null.</summary>
    public void WriteNullableDouble(double? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }
        WritePresent();
        WriteDouble(value.Value);
    }

    /// <summary>Nullable(Bool).</summary>
    public void WriteNullableBool(bool? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }
        WritePresent();
        WriteBool(value.Value);
    }

    /// <summary>String, as bytes; the engine does not require them to be valid UTF-8.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteCount(utf8.Length);
        Reserve(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_length));
        _length += utf8.Length;
    }

    /// <summary>String as UTF-8; a lone surrogate becomes U+FFFD.</summary>
    public void WriteString(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        WriteCount(size);
        Reserve(size);
        _length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length));
    }

    /// <summary>Nullable(String).</summary>
    public void WriteNullableString(string? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }
        WritePresent();
        WriteString(value);
    }

    /// <summary>The number of entries of a Map (then key, value, key, value ..) or of elements of an Array (then each).</summary>
    public void WriteCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Reserve(5);
        var rest = (uint)count;
        while (rest >= 0x80)
        {
            _bytes[_length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        _bytes[_length++] = (byte)rest;
    }

    /// <summary>Map(String, Float64); keys of any LowCardinality.</summary>
    public void WriteMap(IReadOnlyCollection<KeyValuePair<string, double>> entries)
    {
        WriteCount(entries.Count);
        foreach (var (key, value) in entries)
        {
            WriteString(key);
            WriteDouble(value);
        }
    }

    /// <summary>Map(String, String).</summary>
    public void WriteMap(IReadOnlyCollection<KeyValuePair<string, string>> entries)
    {
        WriteCount(entries.Count);
        foreach (var (key, value) in entries)
        {
            WriteString(key);
            WriteString(value);
        }
    }

    /// <summary>Array(UInt64).</summary>
    public void WriteUInt64Array(ReadOnlySpan<ulong> values)
    {
        WriteCount(values.Length);
        foreach (var value in values)
            WriteUInt64(value);
    }

    /// <summary>Array(Float64).</summary>
    public void WriteDoubleArray(ReadOnlySpan<double> values)
    {
        WriteCount(values.Length);
        foreach (var value in values)
            WriteDouble(value);
    }

    /// <summary>Array(String).</summary>
    public void WriteStringArray(IReadOnlyCollection<string> values)
    {
        WriteCount(values.Count);
        foreach (var value in values)
            WriteString(value);
    }

    /// <summary>Appends whole rows that another buffer holds in the same columns.</summary>
    public void WriteRaw(ReadOnlySpan<byte> rows)
    {
        Reserve(rows.Length);
        rows.CopyTo(_bytes.AsSpan(_length));
        _length += rows.Length;
    }

    /// <summary>Gives the memory back; the buffer is not to be used after.</summary>
    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<T>(T value, int size)
        where T : unmanaged
    {
        // RowBinary is little-endian, as is every platform that has the engine.
        Reserve(size);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _length), value);
        _length += size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Grow(count);
    }

    private void Grow(int count)
    {
        var wanted = (long)_length + count;
        if (wanted > Array.MaxLength)
            throw new InvalidOperationException($"A block of rows cannot pass {Array.MaxLength} bytes: insert it in parts.");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(wanted, 2L * _bytes.Length), Array.MaxLength));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

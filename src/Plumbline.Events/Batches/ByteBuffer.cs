using System.Buffers;
using System.Buffers.Binary;

namespace Plumbline.Events.Batches;

/// <summary>A growing byte array from the shared pool: the ground that batches are written on.</summary>
internal sealed class ByteBuffer : IDisposable
{
    private byte[] _bytes;

    public ByteBuffer(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Truncate(int length) => Length = length;

    /// <summary>Room for <paramref name="size"/> bytes at the end, not yet counted in <see cref="Length"/>.</summary>
    public Span<byte> Reserve(int size)
    {
        if (_bytes.Length - Length < size)
            Grow(size);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int size) => Length += size;

    public void WriteByte(byte value)
    {
        if (_bytes.Length == Length)
            Grow(1);
        _bytes[Length++] = value;
    }

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);
        Length += 4;
    }

    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void WriteVarint(uint value)
    {
        var span = Reserve(5);
        var used = 0;
        while (value >= 0x80)
        {
            span[used++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[used++] = (byte)value;
        Length += used;
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    /// <summary>Length as a varint, then the bytes.</summary>
    public void WriteText(ReadOnlySpan<byte> utf8)
    {
        WriteVarint((uint)utf8.Length);
        WriteBytes(utf8);
    }

    public void PatchInt32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(offset, 4), value);

    public void PatchInt64(int offset, long value) => BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(offset, 8), value);

    public void Move(int from, int to, int size) => _bytes.AsSpan(from, size).CopyTo(_bytes.AsSpan(to, size));

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Grow(int size)
    {
        var grown = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Length + size, _bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(grown);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}

using System.Buffers;

namespace Plumbline.Registry.Spooling;

/// <summary>The batches of a block in one pooled array. Dispose gives it back.</summary>
public sealed class SpoolPayloads : IDisposable
{
    private readonly List<(int Offset, int Size)> _places = [];
    private byte[] _bytes;
    private int _used;

    internal SpoolPayloads(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Number of batches.</summary>
    public int Count => _places.Count;

    /// <summary>A batch; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> this[int index] => _bytes.AsMemory(_places[index].Offset, _places[index].Size);

    /// <inheritdoc/>
    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        _places.Clear();
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    internal void Add(ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(_bytes.AsSpan(_used));
        _places.Add((_used, payload.Length));
        _used += payload.Length;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Plumbline.Events.Batches;

/// <summary>
/// The first 16 bytes of the SHA-256 of an id's UTF-8. <see cref="Low"/> is the <c>id_hash</c> column; both halves together
/// stand for the id in memory, where two different ids never meet in practice (2^-128 per pair).
/// </summary>
/// <param name="Low">Bytes 0..7, little-endian.</param>
/// <param name="High">Bytes 8..15, little-endian.</param>
public readonly record struct IdHash(ulong Low, ulong High)
{
    // The one-shot call looks the algorithm up in the system's library each time, under a lock: that was most of the time of decoding.
    [ThreadStatic]
    private static IncrementalHash? _hasher;

    /// <summary>A 64-bit hash (FNV-1a) of a ground truth's value.</summary>
    public static ulong OfValue(ReadOnlySpan<byte> utf8)
    {
        var hash = 14695981039346656037UL;
        foreach (var part in utf8)
            hash = (hash ^ part) * 1099511628211UL;
        return hash;
    }

    /// <summary>
    /// What makes a ground truth the same as another: prediction, time and value. <see cref="Low"/> of the result follows from the stored
    /// columns, so it can be computed again from the column store.
    /// </summary>
    public IdHash OfGroundTruth(long timestampMs, ulong valueHash)
    {
        var mixed = Mix(valueHash + Mix((ulong)timestampMs));
        return new IdHash(Mix(Low ^ mixed), Mix(High + mixed));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    /// <summary>Hashes an id.</summary>
    public static IdHash Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hasher ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _hasher.AppendData(utf8);
        _hasher.GetHashAndReset(digest);
        return new IdHash(BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]));
    }
}

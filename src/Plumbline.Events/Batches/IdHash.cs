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
    /// <summary>Hashes an id.</summary>
    public static IdHash Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, digest);
        return new IdHash(BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]));
    }
}

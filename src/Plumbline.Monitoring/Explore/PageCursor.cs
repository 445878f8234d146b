using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Plumbline.Monitoring.Explore;

/// <summary>
/// The last row of a page: its value of the sort field, its time and its id. Not an offset: rows that arrive between two pages neither
/// repeat nor hide a row. It remembers the order that it belongs to; with another order it would point into nowhere.
/// </summary>
/// <param name="Value">The sort field's value, NaN when the row has none (or when the order is by time).</param>
/// <param name="TimestampMs">Epoch milliseconds.</param>
/// <param name="IdHash">First 8 bytes of the id's SHA-256.</param>
/// <param name="PredictionId">The id.</param>
public sealed record PageCursor(SortField Sort, bool Descending, double Value, long TimestampMs, ulong IdHash, string PredictionId)
{
    private const int HeadBytes = 26;
    private const byte Format = 1;

    /// <summary>Text for a URL; opaque to clients.</summary>
    public string Write()
    {
        var bytes = new byte[HeadBytes + Encoding.UTF8.GetByteCount(PredictionId)];
        bytes[0] = Format;
        bytes[1] = (byte)(((int)Sort << 1) | (Descending ? 1 : 0));
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(2), Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(10), TimestampMs);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(18), IdHash);
        Encoding.UTF8.GetBytes(PredictionId, bytes.AsSpan(HeadBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null for anything else.</summary>
    public static PageCursor? Read(string text)
    {
        // Longer than any id makes it: not ours.
        if (text.Length > 2_048 || !Base64Url.IsValid(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= HeadBytes || bytes[0] != Format || !Enum.IsDefined((SortField)(bytes[1] >> 1)))
            return null;
        var timestampMs = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(10));
        // A made-up time would otherwise fail far from here, in the engine.
        if (timestampMs is < -2_208_988_800_000 or > 10_413_792_000_000)
            return null;
        return new PageCursor(
            (SortField)(bytes[1] >> 1),
            (bytes[1] & 1) == 1,
            BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(2)),
            timestampMs,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(18)),
            Encoding.UTF8.GetString(bytes.AsSpan(HeadBytes))
        );
    }
}

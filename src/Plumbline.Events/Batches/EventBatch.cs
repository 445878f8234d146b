using System.Runtime.InteropServices;

namespace Plumbline.Events.Batches;

/// <summary>
/// The accepted rows of one kind, encoded, with what was wrong with the others. Written by <see cref="Decoding.EventDecoder"/>;
/// rows can still be taken out until <see cref="Seal"/> gives the bytes that are spooled. Memory is pooled: dispose it.
/// </summary>
/// <remarks>
/// Layout, little-endian: format (1), kind (1), zero (2), row count (4), received at in epoch ms (8), offset of the names (4), zero (4);
/// rows; names (varint count, then varint length and UTF-8 each). A row: size (4), first 16 bytes of the SHA-256 of its
/// id (16), timestamp in epoch ms (8), then fields, each a <see cref="RowField"/> and its value in the order they arrived.
/// </remarks>
public sealed class EventBatch : IDisposable
{
    internal const byte FormatVersion = 1;
    internal const int HeaderBytes = 24;
    internal const int RowHeaderBytes = 28;
    private const int IgnoredFieldsKept = 20;
    private readonly List<RowSlot> _rows = [];
    private readonly List<RowRejection> _rejections = [];
    private readonly List<string> _ignoredFields = [];
    private readonly int _rejectionsListed;
    private bool _sealed;

    internal EventBatch(EventKind kind, DateTimeOffset receivedAt, int rejectionsListed)
    {
        Kind = kind;
        _rejectionsListed = rejectionsListed;
        Reset(receivedAt);
    }

    /// <summary>What the rows are.</summary>
    public EventKind Kind { get; }

    /// <summary>When the rows reached the server.</summary>
    public DateTimeOffset ReceivedAt { get; private set; }

    /// <summary>The accepted rows.</summary>
    public ReadOnlySpan<RowSlot> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Feature and class names of the rows.</summary>
    public NameTable Names { get; } = new();

    /// <summary>The first rejections, up to <see cref="EventLimits.RejectionsListed"/>.</summary>
    public IReadOnlyList<RowRejection> Rejections => _rejections;

    /// <summary>All rejections, listed or not.</summary>
    public int RejectedCount { get; private set; }

    /// <summary>
    /// Rows that were taken out because they were known already. A batch that is offered again, after the spool was full, still knows of
    /// them.
    /// </summary>
    public int KnownRows { get; private set; }

    /// <summary>Top-level keys that mean nothing to this version: ignored, and named in the answer so that a typing error shows.</summary>
    public IReadOnlyList<string> IgnoredFields => _ignoredFields;

    /// <summary>
    /// The first class by which a model of two classes shows how it writes them (0, 1, true or false), where that was not known before;
    /// else null. The rows behind it are read in that form, so it must be made known to the model before the rows are.
    /// </summary>
    public string? TellingClass { get; internal set; }

    /// <summary>Bytes so far.</summary>
    public int Bytes => Buffer.Length;

    internal ByteBuffer Buffer { get; } = new(64 * 1024);

    /// <summary>The text of the row's id as UTF-8. For rows that carry one.</summary>
    public ReadOnlySpan<byte> IdOf(in RowSlot row) => Buffer.Span.Slice(row.IdOffset, row.IdSize);

    /// <summary>The prediction of a row: spans into the batch, valid until the batch changes. For batches of predictions.</summary>
    public Prediction PredictionOf(in RowSlot row) => new RowReader(Buffer.Span.Slice(row.Offset, row.Size)).ReadPrediction();

    /// <summary>The names of the features that the row carries with a value other than null, as indexes of <see cref="Names"/>.</summary>
    public IEnumerable<int> FeatureNamesOf(RowSlot row)
    {
        var found = new List<int>();
        var features = PredictionOf(row).Features;
        while (features.Read())
        {
            if (features.Kind != FeatureValueKind.Missing)
                found.Add(features.Name);
        }
        return found;
    }

    /// <summary>Takes rows out: those for which <paramref name="remove"/> holds true at their position in <see cref="Rows"/>.</summary>
    public void Remove(ReadOnlySpan<bool> remove)
    {
        // The names that Seal appended go with the truncation below and are written again by the next Seal.
        _sealed = false;
        var rows = CollectionsMarshal.AsSpan(_rows);
        var kept = 0;
        var end = HeaderBytes;
        for (var i = 0; i < rows.Length; i++)
        {
            if (remove[i])
                continue;
            var row = rows[i];
            if (row.Offset != end)
                Buffer.Move(row.Offset, end, row.Size);
            rows[kept++] = row with { Offset = end, IdOffset = row.IdOffset - row.Offset + end };
            end += row.Size;
        }
        _rows.RemoveRange(kept, rows.Length - kept);
        Buffer.Truncate(end);
    }

    /// <summary>Takes rows out that were known already, and counts them.</summary>
    /// <param name="known">True at the position of each such row in <see cref="Rows"/>.</param>
    public void RemoveKnown(ReadOnlySpan<bool> known)
    {
        KnownRows += known.Count(true);
        Remove(known);
    }

    /// <summary>Counts a rejection, and lists it while there is room. The caller removes the row.</summary>
    public void Reject(long index, string code, string? field, string detail)
    {
        RejectedCount++;
        if (_rejections.Count < _rejectionsListed)
            _rejections.Add(new RowRejection(index, code, field, detail));
    }

    /// <summary>Completes the encoding. The memory is valid until <see cref="Dispose"/> or <see cref="Reset"/>.</summary>
    public ReadOnlyMemory<byte> Seal()
    {
        if (!_sealed)
        {
            Buffer.PatchInt32(4, _rows.Count);
            Buffer.PatchInt32(16, Buffer.Length);
            Names.WriteTo(Buffer);
            _sealed = true;
        }
        return Buffer.Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Buffer.Dispose();
        Names.Dispose();
    }

    internal void Reset(DateTimeOffset receivedAt)
    {
        ReceivedAt = receivedAt;
        _sealed = false;
        _rows.Clear();
        _rejections.Clear();
        _ignoredFields.Clear();
        RejectedCount = 0;
        KnownRows = 0;
        TellingClass = null;
        Names.Clear();
        Buffer.Truncate(0);
        Buffer.WriteByte(FormatVersion);
        Buffer.WriteByte((byte)Kind);
        Buffer.WriteByte(0);
        Buffer.WriteByte(0);
        Buffer.WriteInt32(0);
        Buffer.WriteInt64(receivedAt.ToUnixTimeMilliseconds());
        Buffer.WriteInt32(0);
        Buffer.WriteInt32(0);
    }

    /// <summary>Goes back to an earlier state: a row that was read before the rest of its line proved to be no JSON.</summary>
    internal void Undo(int rows, int bytes, int rejected)
    {
        // The row's own refusal goes too: the caller refuses the line as a whole, and a line counts once.
        if (RejectedCount > rejected && _rejections.Count == RejectedCount)
            _rejections.RemoveRange(rejected, _rejections.Count - rejected);
        RejectedCount = rejected;
        if (_rows.Count > rows)
            _rows.RemoveRange(rows, _rows.Count - rows);
        Buffer.Truncate(bytes);
    }

    internal void Add(in RowSlot row) => _rows.Add(row);

    internal void Ignore(ReadOnlySpan<byte> field)
    {
        if (_ignoredFields.Count >= IgnoredFieldsKept)
            return;
        foreach (var known in _ignoredFields)
        {
            if (JsonTexts.Shown(field) == known)
                return;
        }
        _ignoredFields.Add(JsonTexts.Shown(field));
    }
}

/// <summary>Where a row lies in its batch, and what a check for duplicates needs.</summary>
/// <param name="Index">Position in what the client sent, from 0.</param>
/// <param name="Offset">First byte in the batch.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">SHA-256 of the id (of a signal: of its own id, not of its prediction's); zero when the row has none.</param>
/// <param name="TimestampMs">Epoch milliseconds.</param>
/// <param name="IdOffset">First byte of the id's text in the batch.</param>
/// <param name="IdSize">Bytes of the id; 0 when the row has none.</param>
/// <param name="IdMade">True when the server made the id.</param>
/// <param name="IsPart">True for a part of a prediction: others of the same id are no duplicates but the rest of it.</param>
/// <param name="ValueHash">For ground truth <see cref="IdHash.OfValue"/> of its value, else 0: with id and time it says whether two are the
/// same.</param>
public readonly record struct RowSlot(
    long Index,
    int Offset,
    int Size,
    IdHash Hash,
    long TimestampMs,
    int IdOffset,
    int IdSize,
    bool IdMade,
    ulong ValueHash,
    bool IsPart = false
);

using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>A declared source, how far it has been read, and what became of its rows. Times are epoch milliseconds.</summary>
public sealed class OutcomeSourceRow
{
    public long Id { get; set; }

    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of the SourceSpecification.</summary>
    public required string Specification { get; set; }

    /// <summary>Grows with each declaration: a pull that began before it does not move the cursor of the new one.</summary>
    public int Generation { get; set; }

    public bool Enabled { get; set; }

    /// <summary>Kinds of the columns when they were last read well; null before that.</summary>
    public string? Shape { get; set; }

    /// <summary>Watermark of the last row that is durable: epoch microseconds or the integer; null before the first.</summary>
    public long? CursorWatermark { get; set; }

    public string? CursorTie { get; set; }

    public bool CursorIsTime { get; set; }

    /// <summary>When the cursor last moved.</summary>
    public long CursorMovedMs { get; set; }

    /// <summary>
    /// When the last pull that moved the cursor, or reached the table's end, began; later than <see cref="CompleteBeganMs"/> when it was
    /// interrupted.
    /// </summary>
    public long? PullBeganMs { get; set; }

    /// <summary>When the last pull that reached the table's end began; null before the first.</summary>
    public long? CompleteBeganMs { get; set; }

    /// <summary>When the last pull, good or not, ended; null before the first.</summary>
    public long? LastPullMs { get; set; }

    /// <summary>The next pull is due then.</summary>
    public long NextPullMs { get; set; }

    /// <summary>Failed tries since the last good one.</summary>
    public int Failures { get; set; }

    public long? FailingSinceMs { get; set; }

    public string? ErrorCode { get; set; }

    public string? Error { get; set; }

    public long Taken { get; set; }

    public long Duplicates { get; set; }

    public long Rejected { get; set; }

    /// <summary>The JSON of the last rejected rows, a few.</summary>
    public string? RejectedRows { get; set; }

    public required string ChangedBy { get; set; }

    public long ChangedAtMs { get; set; }
}

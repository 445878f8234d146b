using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// Where a pull begins. A transaction that took its time or number early and was committed late puts rows behind the cursor; so a pull
/// looks back, until no such transaction can be under way any more.
/// </summary>
internal static class SourceOverlap
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);
    private const long DefaultCount = 10_000;
    private const long MicrosPerMs = 1_000;

    /// <summary>
    /// The first page's start: the cursor itself once it has stood still for longer than rows may be late, else that much before it.
    /// </summary>
    public static PageStart StartOf(OutcomeSourceRow row, SourceSpecification source, SourceShape shape)
    {
        if (row.CursorWatermark is not { } watermark)
            return new PageStart(null, IsIncluded: true);
        var (back, late) = OverlapOf(source, shape);
        var isSettled = back == 0 || row.CompleteBeganMs - row.CursorMovedMs >= late.TotalMilliseconds;
        if (isSettled)
            return new PageStart(new SourcePosition(watermark, row.CursorTie), IsIncluded: false);
        // Of an interrupted pull the cursor is in the midst of rows that were there for long: what is late lies near the time of the pull.
        var from =
            shape.IsByTime && row.PullBeganMs is { } began && began > (row.CompleteBeganMs ?? 0) ? (began * MicrosPerMs) - back
            : watermark >= long.MinValue + back ? watermark - back
            : long.MinValue;
        return from > watermark
            ? new PageStart(new SourcePosition(watermark, row.CursorTie), IsIncluded: false)
            : new PageStart(new SourcePosition(from, null), IsIncluded: true);
    }

    /// <summary>How far to look back, in the watermark's own unit, and for how long rows may be late.</summary>
    private static (long Back, TimeSpan Late) OverlapOf(SourceSpecification source, SourceShape shape)
    {
        TimeSpan? duration = null;
        long? count = null;
        if (source.Overlap is { } text)
            OverlapText.TryRead(text, out duration, out count);
        // Of an integer nobody knows how long it takes to become visible; the same time is a guess that the documents tell.
        if (!shape.IsByTime)
            return (count ?? DefaultCount, DefaultDuration);
        var late = duration ?? DefaultDuration;
        return (late.Ticks / TimeSpan.TicksPerMicrosecond, late);
    }
}

using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>What a batch adds to the spool and to the counters of its model.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="Kind">What the rows are.</param>
/// <param name="Payload">The sealed batch. Must not change until the append completes. Not read when <paramref name="Rows"/> is 0.</param>
/// <param name="Rows">Rows in the payload.</param>
/// <param name="Duplicates">Rows left out because they were there already.</param>
/// <param name="Rejected">Rows refused.</param>
public readonly record struct SpoolEntry(int ModelId, EventKind Kind, ReadOnlyMemory<byte> Payload, int Rows, int Duplicates, int Rejected);

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>On disk.</summary>
    Durable,

    /// <summary>Refused: <see cref="SpoolOptions.MaxBytes"/> are waiting already. Nothing was written or counted.</summary>
    Full,
}

/// <summary>
/// What happened to the events of one kind of one model since the spool was made, read at one moment:
/// <c>Received = Stored + Duplicate + Rejected + InSpool</c>.
/// </summary>
/// <param name="Received">Rows that were read from clients.</param>
/// <param name="Duplicate">Of these, known already.</param>
/// <param name="Rejected">Of these, refused.</param>
/// <param name="Stored">Of these, in the column store.</param>
/// <param name="InSpool">Of these, durable and waiting for the column store.</param>
public readonly record struct SpoolCounters(long Received, long Duplicate, long Rejected, long Stored, long InSpool)
{
    /// <summary>Sums member by member.</summary>
    public static SpoolCounters operator +(SpoolCounters left, SpoolCounters right) =>
        new(
            left.Received + right.Received,
            left.Duplicate + right.Duplicate,
            left.Rejected + right.Rejected,
            left.Stored + right.Stored,
            left.InSpool + right.InSpool
        );

    /// <summary>Differences member by member.</summary>
    public static SpoolCounters operator -(SpoolCounters left, SpoolCounters right) =>
        new(
            left.Received - right.Received,
            left.Duplicate - right.Duplicate,
            left.Rejected - right.Rejected,
            left.Stored - right.Stored,
            left.InSpool - right.InSpool
        );

    /// <summary>Differences member by member.</summary>
    public static SpoolCounters Subtract(SpoolCounters left, SpoolCounters right) => left - right;

    /// <summary>Sums member by member.</summary>
    public static SpoolCounters Add(SpoolCounters left, SpoolCounters right) => left + right;
}

/// <summary>Rows of one kind of one model that wait and are in no block yet.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="Kind">What the rows are.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="OldestAt">When the first of them became durable.</param>
public readonly record struct SpoolBacklog(int ModelId, EventKind Kind, long Rows, long Bytes, DateTimeOffset OldestAt);

/// <summary>
/// Batches that go to the column store together. The plan is durable before the first try, so that after a crash the same rows are
/// sent again under the same token, and the column store takes them once.
/// </summary>
/// <param name="Number">Unique for all time, rising; the <c>block</c> column of the rows.</param>
/// <param name="ModelId">The model.</param>
/// <param name="Kind">What the rows are.</param>
/// <param name="Sequences">The batches in order.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Bytes">Bytes in them.</param>
/// <param name="Token">The deduplication token.</param>
/// <param name="Failure">Why the last try failed, if it did.</param>
public sealed record SpoolBlock(
    long Number,
    int ModelId,
    EventKind Kind,
    IReadOnlyList<long> Sequences,
    long Rows,
    long Bytes,
    string Token,
    string? Failure
);

/// <summary>The spool's file cannot be used, or is of another version.</summary>
public sealed class SpoolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What cannot be done, in words.</param>
    /// <param name="cause">What failed below, such as the disk; null when nothing did.</param>
    public SpoolException(string message, Exception? cause = null)
        : base(message, cause) { }
}

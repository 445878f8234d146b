using System.ComponentModel.DataAnnotations;

namespace Plumbline.Store;

/// <summary>How the column store runs. Values out of range are refused at start.</summary>
public sealed record ColumnStoreOptions
{
    /// <summary>The engine's folder; made when missing. One process at a time can hold it.</summary>
    [Required, MinLength(1)]
    public required string Directory { get; init; }

    /// <summary>
    /// Threads, each with its own connection, that answer queries. 1..64, default 3. More answer more pages at once and take more memory.
    /// </summary>
    [Range(1, 64)]
    public int ReadThreads { get; init; } = 3;

    /// <summary>
    /// Threads, each with its own connection, that insert and change tables. 1..64, default 3: the writer of events, profiles, and one to
    /// spare.
    /// </summary>
    [Range(1, 64)]
    public int WriteThreads { get; init; } = 3;

    /// <summary>
    /// Most memory the engine may take, in bytes; 256 MiB..1 TiB, default 1 GiB. A statement that would pass it fails with
    /// <c>MEMORY_LIMIT_EXCEEDED</c>. It contains the engine's own resident 250-450 MB, so less than 768 MiB leaves little to work with.
    /// </summary>
    [Range(256L << 20, 1L << 40)]
    public long MemoryLimitBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Most memory of one statement, as a share of <see cref="MemoryLimitBytes"/>; 0.1..1, default 0.7. Lower keeps one heavy question from
    /// failing the others.
    /// </summary>
    [Range(0.1, 1.0)]
    public double StatementMemoryShare { get; init; } = 0.7;

    /// <summary>
    /// Longest time of one query in seconds; 1..3600, default 120. A longer one fails with <c>TIMEOUT_EXCEEDED</c>. Inserts are not
    /// limited.
    /// </summary>
    [Range(1, 3600)]
    public int QueryTimeoutSeconds { get; init; } = 120;

    /// <summary>
    /// Most bytes of one answer; 1 MiB..2 GiB - 64 KiB, default 256 MiB. A larger one fails with <c>TOO_MANY_ROWS_OR_BYTES</c>.
    /// </summary>
    [Range(1L << 20, (2L << 30) - 65_536)]
    public long MaximumResultBytes { get; init; } = 256L << 20;

    /// <summary>A statement that takes at least this many milliseconds is kept for the health page; 1..3,600,000, default 500.</summary>
    [Range(1, 3_600_000)]
    public int SlowStatementMs { get; init; } = 500;

    /// <summary>How many slow statements are kept, the newest ones; 1..1,000, default 50.</summary>
    [Range(1, 1000)]
    public int SlowStatementsKept { get; init; } = 50;

    /// <summary>
    /// True when the process ends once the store is closed (<see cref="UnixProcess.Leave"/>): closing then finishes what was begun and
    /// leaves the engine as it is, instead of taking it apart. The directory cannot be opened again in this process. Default false.
    /// </summary>
    public bool EndsWithProcess { get; init; }

    /// <summary>
    /// Statements that may wait for a thread, per kind; 1..100,000, default 1,000. A further one fails with
    /// <see cref="StoreBusyException"/>.
    /// </summary>
    [Range(1, 100_000)]
    public int QueueLimit { get; init; } = 1000;
}

/// <summary>More statements wait for the engine than <see cref="ColumnStoreOptions.QueueLimit"/> allows.</summary>
public sealed class StoreBusyException : Exception
{
    internal StoreBusyException(string message)
        : base(message) { }
}

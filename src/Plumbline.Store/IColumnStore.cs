namespace Plumbline.Store;

/// <summary>What the engine holds now.</summary>
/// <param name="MemoryBytes">Memory that the engine has tracked as taken.</param>
/// <param name="MemoryLimitBytes">The limit it was opened with.</param>
/// <param name="DiskBytes">Bytes of all active parts on the disk.</param>
/// <param name="Rows">Rows of all active parts.</param>
/// <param name="Version">The engine's version.</param>
public sealed record EngineUsage(long MemoryBytes, long MemoryLimitBytes, long DiskBytes, long Rows, string Version);

/// <summary>
/// Where events, profiles and metric points are kept, and asked for in SQL. Behind it is an engine inside this process; another may be a
/// cluster: nothing above knows which.
/// </summary>
public interface IColumnStore : IAsyncDisposable
{
    /// <summary>What the engine was asked since the store was opened, for the health page.</summary>
    StatementTimingsSnapshot Timings { get; }

    /// <summary>Runs a statement that changes something. Once it has begun, it is not interrupted by <paramref name="ct"/>.</summary>
    /// <exception cref="EngineException">The engine refused or failed it.</exception>
    Task ExecuteAsync(SqlStatement statement, CancellationToken ct);

    /// <summary>Asks and reads rows; read-only.</summary>
    /// <exception cref="EngineException">The engine refused or failed it.</exception>
    Task<QueryRows> QueryAsync(SqlStatement statement, CancellationToken ct);

    /// <summary>Asks and gives the answer's bytes in one of the engine's output formats; read-only.</summary>
    /// <exception cref="EngineException">The engine refused or failed it.</exception>
    Task<byte[]> QueryFormattedAsync(SqlStatement statement, string format, CancellationToken ct);

    /// <summary>
    /// Asks on a writer's connection, which may read files and URLs through the engine's table functions (a read-only connection may
    /// not). The path or URL must be checked by the caller; it is bound as a parameter like any value.
    /// </summary>
    /// <exception cref="EngineException">The engine refused or failed it.</exception>
    Task<QueryRows> QueryFilesAsync(SqlStatement statement, CancellationToken ct);

    /// <summary>
    /// Inserts rows written by <see cref="RowBinaryBuffer"/>. With a token the same block inserted again is dropped (the table's last
    /// 1,000 blocks are remembered), so that a retry after a crash does not double it.
    /// </summary>
    /// <param name="table">A table's name, made from numbers that this program owns.</param>
    /// <param name="columns">The columns in the order in which the rows have them.</param>
    /// <param name="rowBinary">Whole rows; none is allowed and does nothing.</param>
    /// <param name="deduplicationToken">1..128 characters of <c>[A-Za-z0-9._:-]</c>, the same for the same rows only.</param>
    /// <param name="ct">Cancels the wait for a thread, not the insert.</param>
    /// <exception cref="EngineException">The engine refused or failed it; none or all of the rows of a month are stored.</exception>
    Task InsertAsync(
        string table,
        IReadOnlyList<string> columns,
        ReadOnlyMemory<byte> rowBinary,
        string? deduplicationToken,
        CancellationToken ct
    );

    /// <summary>Memory, disk and rows as the engine counts them.</summary>
    Task<EngineUsage> ReadUsageAsync(CancellationToken ct);
}

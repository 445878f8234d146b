namespace Plumbline.Registry.Spooling;

/// <summary>Where the spool lies and how much it may hold.</summary>
public sealed record SpoolOptions
{
    /// <summary>The database file; its folder must exist. SQLite puts <c>-wal</c> and <c>-shm</c> beside it.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Bytes of events that may wait. Range 1 MiB..1 TiB, default 512 MiB (about 1.5 million rows of 30 features). When full, appends are
    /// refused (HTTP 429) until the column store has taken some.
    /// </summary>
    public long MaxBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Bytes that one transaction may take before others wait for the next. Range 1 MiB..256 MiB, default 32 MiB.</summary>
    public int TransactionBytes { get; init; } = 32 * 1024 * 1024;
}

namespace Plumbline.Registry.Storage;

/// <summary>
/// Whether the data folder takes what is written to it. Kept in memory alone: a full disk cannot remember that it is full.
/// </summary>
public sealed class StorageState(TimeProvider time)
{
    private readonly Lock _lock = new();
    private StorageSnapshot _snapshot = new(null, null, 0);

    /// <summary>How it stands.</summary>
    public StorageSnapshot Snapshot
    {
        get
        {
            lock (_lock)
                return _snapshot;
        }
    }

    /// <summary>The folder took a write.</summary>
    /// <param name="freeBytes">Bytes that are free on its disk.</param>
    /// <param name="tooLittle">In words that this is too little to go on; null when it is enough.</param>
    public void Wrote(long freeBytes, string? tooLittle)
    {
        lock (_lock)
            _snapshot = new(tooLittle, tooLittle is null ? null : _snapshot.Since ?? time.GetUtcNow(), freeBytes);
    }

    /// <summary>A write failed, by the watch's own or by anybody's.</summary>
    /// <param name="problem">What is wrong.</param>
    public void Failed(string problem)
    {
        lock (_lock)
            _snapshot = _snapshot with { Problem = problem, Since = _snapshot.Since ?? time.GetUtcNow() };
    }
}

/// <summary>How the data folder stands.</summary>
/// <param name="Problem">In words what is wrong and what to do; null when all is well.</param>
/// <param name="Since">Since when it is.</param>
/// <param name="FreeBytes">Bytes free on its disk at the last look.</param>
public sealed record StorageSnapshot(string? Problem, DateTimeOffset? Since, long FreeBytes);

namespace Plumbline.Monitoring.Metrics;

/// <summary>What the window pass did since the start, for the health page.</summary>
public sealed class WindowPassState(TimeProvider time)
{
    private readonly Lock _lock = new();
    private WindowPassSnapshot _snapshot = new(0, 0, TimeSpan.Zero, null, null, null);

    public WindowPassSnapshot Snapshot
    {
        get
        {
            lock (_lock)
                return _snapshot;
        }
    }

    public void Computed(int windows, TimeSpan duration)
    {
        lock (_lock)
        {
            _snapshot = _snapshot with
            {
                Windows = _snapshot.Windows + windows,
                LastBatch = windows,
                LastDuration = duration,
                LastAt = time.GetUtcNow(),
            };
        }
    }

    public void Failed(string error)
    {
        lock (_lock)
            _snapshot = _snapshot with { LastError = error, LastErrorAt = time.GetUtcNow() };
    }
}

/// <summary>Counts and times of the window pass.</summary>
public sealed record WindowPassSnapshot(
    long Windows,
    int LastBatch,
    TimeSpan LastDuration,
    DateTimeOffset? LastAt,
    string? LastError,
    DateTimeOffset? LastErrorAt
);

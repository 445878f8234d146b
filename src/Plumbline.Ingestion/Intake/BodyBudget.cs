namespace Plumbline.Ingestion.Intake;

/// <summary>
/// Memory that all request bodies being read share, so that many large ones at once are told to wait instead of ending the process.
/// </summary>
public sealed class BodyBudget(long maxBytes)
{
    private long _used;

    /// <summary>Bytes that are taken now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes memory; false when there is not enough.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives memory back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}

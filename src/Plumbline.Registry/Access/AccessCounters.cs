namespace Plumbline.Registry.Access;

/// <summary>How many requests were turned away since the start, by reason; shown on the health page.</summary>
public sealed class AccessCounters
{
    private long _hosts;
    private long _origins;
    private long _bodyTypes;
    private long _lockedOut;
    private long _requests;
    private long _rows;

    /// <summary>The counters now.</summary>
    public AccessRefusals Snapshot =>
        new(
            Interlocked.Read(ref _hosts),
            Interlocked.Read(ref _origins),
            Interlocked.Read(ref _bodyTypes),
            Interlocked.Read(ref _lockedOut),
            Interlocked.Read(ref _requests),
            Interlocked.Read(ref _rows)
        );

    internal void CountHost() => Interlocked.Increment(ref _hosts);

    internal void CountOrigin() => Interlocked.Increment(ref _origins);

    internal void CountBodyType() => Interlocked.Increment(ref _bodyTypes);

    internal void CountLockedOut() => Interlocked.Increment(ref _lockedOut);

    internal void CountRequestLimit() => Interlocked.Increment(ref _requests);

    internal void CountRowLimit() => Interlocked.Increment(ref _rows);
}

/// <summary>Requests turned away since the start.</summary>
/// <param name="Hosts">Their Host is not a name of this server.</param>
/// <param name="Origins">They came from a page of another site.</param>
/// <param name="BodyTypes">Their body had a media type that is not taken.</param>
/// <param name="LockedOut">Their address or key had been wrong too often.</param>
/// <param name="RequestLimit">Their key had used up its requests.</param>
/// <param name="RowLimit">Their key had used up its rows.</param>
public sealed record AccessRefusals(long Hosts, long Origins, long BodyTypes, long LockedOut, long RequestLimit, long RowLimit)
{
    /// <summary>All together.</summary>
    public long Total => Hosts + Origins + BodyTypes + LockedOut + RequestLimit + RowLimit;
}

namespace TicketRouter.Releases;

/// <summary>What happens around the arithmetic: the look-up of the customer that every answer needs, and its faults.</summary>
/// <param name="LookupMs">Median duration of the look-up.</param>
/// <param name="LookupSigma">Its spread (log-normal).</param>
/// <param name="SlowShare">Share of look-ups that take <paramref name="SlowFactor"/> times as long, 0..1.</param>
/// <param name="SlowFactor">How much longer.</param>
/// <param name="ErrorShare">Share of look-ups that fail, 0..1.</param>
/// <param name="TimeoutMs">A look-up longer than this is given up.</param>
public sealed record Behaviour(
    double LookupMs,
    double LookupSigma,
    double SlowShare,
    double SlowFactor,
    double ErrorShare,
    double TimeoutMs
)
{
    public static readonly Behaviour Sound = new(7, 0.35, 0.01, 4, 0.001, 400);
    public static readonly Behaviour Bad = new(24, 0.5, 0.25, 10, 0.11, 400);

    /// <summary>Draws one look-up. The service really waits for it; the history only writes it down.</summary>
    public Lookup Draw(SeededRandom random)
    {
        var ms = random.LogNormal(LookupMs, LookupSigma);
        if (random.Chance(SlowShare))
            ms *= SlowFactor;
        var fails = random.Chance(ErrorShare);
        if (ms > TimeoutMs)
            return new Lookup(TimeoutMs, "timeout", "customer look-up timed out");
        return fails ? new Lookup(ms, "error", "customer look-up failed: connection reset") : new Lookup(ms, "ok", null);
    }
}

/// <summary>One look-up: its duration and how it ended (<c>ok</c>, <c>error</c>, <c>timeout</c>).</summary>
public readonly record struct Lookup(double Ms, string Status, string? Error);

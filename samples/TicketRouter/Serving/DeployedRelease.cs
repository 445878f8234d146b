using TicketRouter.Releases;
using TicketRouter.Scenario;

namespace TicketRouter.Serving;

/// <summary>The release that answers, with the faults that someone put on it.</summary>
public sealed record Deployment(Release Release, double ErrorShare, double ExtraLatencyMs);

/// <summary>
/// Which release is live, and which one answers beside it without being heard. Changed by <c>PUT /release</c> and by promotion; at start it
/// is the one that the scenario has at its end.
/// </summary>
public sealed class DeployedRelease(ReleaseCatalog releases, DemoScenario scenario)
{
    private Deployment _current = new(releases.Find(scenario.At(scenario.Anchor).Version)!, 0, 0);
    private Release? _beside;

    public Deployment Current => Volatile.Read(ref _current);

    /// <summary>The shadow: it answers what the live one is asked, and only its answers are reported; null without one.</summary>
    public Release? Beside => Volatile.Read(ref _beside);

    public void PutBeside(Release? release) => Volatile.Write(ref _beside, release);

    /// <returns>False when there is no such version.</returns>
    public bool TryDeploy(string version, double errorShare, double extraLatencyMs)
    {
        if (releases.Find(version) is not { } release)
            return false;
        Volatile.Write(ref _current, new Deployment(release, errorShare, extraLatencyMs));
        // It is heard now, and need not answer twice.
        Interlocked.CompareExchange(ref _beside, null, release);
        return true;
    }
}

using TicketRouter.Releases;
using TicketRouter.Scenario;

namespace TicketRouter.Serving;

/// <summary>The release that answers, with the faults that someone put on it.</summary>
public sealed record Deployment(Release Release, double ErrorShare, double ExtraLatencyMs);

/// <summary>Which release is live. Changed by <c>PUT /release</c>; at start it is the one that the scenario has at its end.</summary>
public sealed class DeployedRelease(ReleaseCatalog releases, DemoScenario scenario)
{
    private Deployment _current = new(releases.Find(scenario.At(scenario.Anchor).Version)!, 0, 0);

    public Deployment Current => Volatile.Read(ref _current);

    /// <returns>False when there is no such version.</returns>
    public bool TryDeploy(string version, double errorShare, double extraLatencyMs)
    {
        if (releases.Find(version) is not { } release)
            return false;
        Volatile.Write(ref _current, new Deployment(release, errorShare, extraLatencyMs));
        return true;
    }
}

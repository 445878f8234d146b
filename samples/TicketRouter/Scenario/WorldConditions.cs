namespace TicketRouter.Scenario;

/// <summary>What the world is like at one moment: everything about the tickets and their outcomes that the scenario changes.</summary>
public sealed record WorldConditions
{
    public static readonly WorldConditions Quiet = new();

    /// <summary>0 at the start of the slow drift, 1 at its full size: younger accounts and larger orders.</summary>
    public double DriftProgress { get; init; }

    /// <summary>An outage floods the technical queue.</summary>
    public bool Outage { get; init; }

    /// <summary>Brazilian tickets come through a portal that replaces what the customer wrote by a form text.</summary>
    public bool BrokenPortal { get; init; }

    /// <summary>The desk's responsibilities have changed; nothing that a model sees has.</summary>
    public bool Reorganised { get; init; }

    /// <summary>The app no longer delivers the order amount.</summary>
    public bool AmountLost { get; init; }

    /// <summary>The release that answers.</summary>
    public string Version { get; init; } = "v1";
}

using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Alerting.Incidents;

/// <summary>What is done to incidents.</summary>
public static class IncidentCommands
{
    /// <summary>Says that somebody looks after it.</summary>
    public static Command Acknowledge { get; } = new("incident.acknowledge", ApiRole.Operate);

    /// <summary>Closes it by hand.</summary>
    public static Command Resolve { get; } = new("incident.resolve", ApiRole.Operate);

    /// <summary>Silences it and what is like it.</summary>
    public static Command Silence { get; } = new("incident.silence", ApiRole.Operate);

    /// <summary>Adds to its timeline.</summary>
    public static Command Comment { get; } = new("incident.comment", ApiRole.Review);

    /// <summary>Says who looks after it.</summary>
    public static Command Assign { get; } = new("incident.assign", ApiRole.Review);

    /// <summary>Says that two are one.</summary>
    public static Command Merge { get; } = new("incident.merge", ApiRole.Operate);

    /// <summary>Says that one is two.</summary>
    public static Command Split { get; } = new("incident.split", ApiRole.Operate);

    /// <summary>Says that what moved is how it is from now on.</summary>
    public static Command Accept { get; } = new("incident.accept", ApiRole.Operate);
}

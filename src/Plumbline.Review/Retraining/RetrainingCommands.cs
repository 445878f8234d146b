using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Review.Retraining;

/// <summary>What is done about retraining.</summary>
public static class RetrainingCommands
{
    /// <summary>Creates or changes a target.</summary>
    public static Command DeclareTarget { get; } = new("retraining.declare_target", ApiRole.Admin);

    /// <summary>Removes a target.</summary>
    public static Command DeleteTarget { get; } = new("retraining.delete_target", ApiRole.Admin);

    /// <summary>Looks whether a target can be reached.</summary>
    public static Command TestTarget { get; } = new("retraining.test_target", ApiRole.Operate);

    /// <summary>Creates or changes a trigger.</summary>
    public static Command DeclareTrigger { get; } = new("retraining.declare_trigger", ApiRole.Operate);

    /// <summary>Removes a trigger.</summary>
    public static Command DeleteTrigger { get; } = new("retraining.delete_trigger", ApiRole.Operate);

    /// <summary>Asks for a run by hand.</summary>
    public static Command Run { get; } = new("retraining.run", ApiRole.Operate);

    /// <summary>Lets a run go that waits for somebody's word.</summary>
    public static Command Approve { get; } = new("retraining.approve", ApiRole.Operate);

    /// <summary>Ends a run here.</summary>
    public static Command Cancel { get; } = new("retraining.cancel", ApiRole.Operate);
}

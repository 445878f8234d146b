using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>What is done to receivers.</summary>
public static class ReceiverCommands
{
    /// <summary>Creates or changes a receiver.</summary>
    public static Command Declare { get; } = new("receiver.declare", ApiRole.Admin);

    /// <summary>Removes a receiver.</summary>
    public static Command Delete { get; } = new("receiver.delete", ApiRole.Admin);

    /// <summary>Sends a test to a receiver.</summary>
    public static Command Test { get; } = new("receiver.test", ApiRole.Operate);
}

using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>What is done with queries for metrics of the machine.</summary>
public static class MachineCommands
{
    /// <summary>Declares or changes a query.</summary>
    public static Command Declare { get; } = new("machine_query.declare", ApiRole.Operate);

    /// <summary>Removes a query.</summary>
    public static Command Delete { get; } = new("machine_query.delete", ApiRole.Operate);

    /// <summary>Asks a query once, and stores nothing.</summary>
    public static Command Test { get; } = new("machine_query.test", ApiRole.Operate);
}

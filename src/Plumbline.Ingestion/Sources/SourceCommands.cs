using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Ingestion.Sources;

/// <summary>What is done to sources.</summary>
public static class SourceCommands
{
    /// <summary>Creates or changes a source.</summary>
    public static Command Declare { get; } = new("source.declare", ApiRole.Operate);

    /// <summary>Removes a source; what it has brought stays.</summary>
    public static Command Delete { get; } = new("source.delete", ApiRole.Operate);

    /// <summary>Reads a source now.</summary>
    public static Command Pull { get; } = new("source.pull", ApiRole.Operate);

    /// <summary>Reads a source again.</summary>
    public static Command Enable { get; } = new("source.enable", ApiRole.Operate);

    /// <summary>Reads a source no more.</summary>
    public static Command Disable { get; } = new("source.disable", ApiRole.Operate);
}

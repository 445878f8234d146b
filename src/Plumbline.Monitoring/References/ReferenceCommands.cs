using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Monitoring.References;

/// <summary>What is done to references.</summary>
public static class ReferenceCommands
{
    /// <summary>Declares what a model is compared with.</summary>
    public static Command Replace { get; } = new("reference.replace", ApiRole.Operate);
}

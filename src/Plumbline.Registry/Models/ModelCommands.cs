using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Registry.Models;

/// <summary>What is done to models.</summary>
public static class ModelCommands
{
    /// <summary>Creates a model, or changes its declaration.</summary>
    public static Command Declare { get; } = new("model.declare", ApiRole.Operate);

    /// <summary>Removes a model with everything that is stored of it.</summary>
    public static Command Delete { get; } = new("model.delete", ApiRole.Admin);

    /// <summary>Says what a version of a model is.</summary>
    public static Command DeclareVersion { get; } = new("version.declare", ApiRole.Operate);
}

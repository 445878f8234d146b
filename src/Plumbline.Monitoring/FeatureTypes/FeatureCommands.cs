using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>What is done to features.</summary>
public static class FeatureCommands
{
    /// <summary>Corrects the type of a feature, in all that is stored.</summary>
    public static Command Retype { get; } = new("feature.retype", ApiRole.Operate);

    /// <summary>Removes a feature with all of its values.</summary>
    public static Command Drop { get; } = new("feature.drop", ApiRole.Admin);
}

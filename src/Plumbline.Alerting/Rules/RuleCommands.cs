using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Alerting.Rules;

/// <summary>What is done to rules.</summary>
public static class RuleCommands
{
    /// <summary>Creates or changes a rule.</summary>
    public static Command Declare { get; } = new("rule.declare", ApiRole.Operate);

    /// <summary>Removes a rule of people.</summary>
    public static Command Delete { get; } = new("rule.delete", ApiRole.Operate);

    /// <summary>Switches a rule on.</summary>
    public static Command Enable { get; } = new("rule.enable", ApiRole.Operate);

    /// <summary>Switches a rule off.</summary>
    public static Command Disable { get; } = new("rule.disable", ApiRole.Operate);

    /// <summary>Makes the streams of all rules of a model forget what they remember.</summary>
    public static Command StartOver { get; } = new("rules.start_over", ApiRole.Operate);
}

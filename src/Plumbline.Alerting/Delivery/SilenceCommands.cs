using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Alerting.Delivery;

/// <summary>What is done to silences.</summary>
public static class SilenceCommands
{
    /// <summary>Silences what matches.</summary>
    public static Command Add { get; } = new("silence.add", ApiRole.Operate);

    /// <summary>Ends a silence.</summary>
    public static Command End { get; } = new("silence.end", ApiRole.Operate);
}

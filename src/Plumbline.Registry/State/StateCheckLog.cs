namespace Plumbline.Registry.State;

/// <summary>What <see cref="StateCheck"/> logs.</summary>
internal static partial class StateCheckLog
{
    [LoggerMessage(2006, LogLevel.Error, "{Place} does not answer: {Reason}")]
    internal static partial void StateSilent(this ILogger logger, string place, string reason);
}

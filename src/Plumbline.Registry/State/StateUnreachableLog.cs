namespace Plumbline.Registry.State;

/// <summary>What <see cref="StateUnreachable"/> logs.</summary>
internal static partial class StateUnreachableLog
{
    [LoggerMessage(2005, LogLevel.Error, "A request needed the state while {Place} did not answer: {Reason}")]
    internal static partial void StateNeeded(this ILogger logger, string place, string reason);
}

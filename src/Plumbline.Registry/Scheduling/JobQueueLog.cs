namespace Plumbline.Registry.Scheduling;

/// <summary>What job queues log.</summary>
internal static partial class JobQueueLog
{
    [LoggerMessage(2001, LogLevel.Error, "{Job} failed")]
    internal static partial void JobFailed(this ILogger logger, Exception error, string job);
}

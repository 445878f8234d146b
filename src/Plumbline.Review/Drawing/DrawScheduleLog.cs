namespace Plumbline.Review.Drawing;

/// <summary>What <see cref="DrawSchedule"/> logs.</summary>
internal static partial class DrawScheduleLog
{
    [LoggerMessage(8001, LogLevel.Error, "The draw of the review policy {Policy} of model {Model} failed; it is tried again in {Pause}")]
    internal static partial void DrawFailed(this ILogger logger, Exception error, string policy, string model, string pause);

    [LoggerMessage(8004, LogLevel.Error, "Looking for what review policies have to draw failed; it is tried again in a minute")]
    internal static partial void LookFailed(this ILogger logger, Exception error);

    [LoggerMessage(
        8002,
        LogLevel.Warning,
        "There is no room for the tasks of the review policy {Policy} of model {Model}: see review.max_open_tasks. Its draw waits"
    )]
    internal static partial void QueueFull(this ILogger logger, string policy, string model);

    [LoggerMessage(
        8005,
        LogLevel.Error,
        "The review policies of the configuration file for model {Model} could not be put in force; it is tried again"
    )]
    internal static partial void AlignFailed(this ILogger logger, Exception error, string model);
}

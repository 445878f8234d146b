namespace Plumbline.Ingestion.Sources;

/// <summary>What <see cref="SourceSchedule"/> logs.</summary>
internal static partial class SourceScheduleLog
{
    [LoggerMessage(3001, LogLevel.Error, "Looking for sources that are due failed; it is tried again")]
    internal static partial void LookFailed(this ILogger logger, Exception error);

    [LoggerMessage(3002, LogLevel.Information, "The source {Source} of model {Model} is read again")]
    internal static partial void SourceReadAgain(this ILogger logger, string source, string model);

    [LoggerMessage(3003, LogLevel.Error, "The source {Source} of model {Model} failed")]
    internal static partial void SourceFailed(this ILogger logger, Exception error, string source, string model);

    [LoggerMessage(
        3004,
        LogLevel.Warning,
        "The source {Source} of model {Model} cannot be read ({Code}): {Reason} It is tried again in {Pause}"
    )]
    internal static partial void SourceUnreadable(
        this ILogger logger,
        string source,
        string model,
        string code,
        string reason,
        TimeSpan pause
    );
}

namespace Plumbline.Registry.Retention;

/// <summary>What <see cref="RetentionPass"/> logs.</summary>
internal static partial class RetentionPassLog
{
    [LoggerMessage(2009, LogLevel.Error, "What model {Model} keeps too long was not deleted; it is tried again")]
    internal static partial void NotExpired(this ILogger logger, Exception error, string model);

    [LoggerMessage(
        2010,
        LogLevel.Information,
        "{Rows} rows of {Data} of model {Model} from before {Before:yyyy-MM-dd} were deleted: its retention has passed"
    )]
    internal static partial void Expired(this ILogger logger, long rows, string data, string model, DateTimeOffset before);
}

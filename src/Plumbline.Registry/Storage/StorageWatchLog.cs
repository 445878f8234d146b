namespace Plumbline.Registry.Storage;

/// <summary>What <see cref="StorageWatch"/> logs.</summary>
internal static partial class StorageWatchLog
{
    [LoggerMessage(2002, LogLevel.Error, "Nothing can be stored: {Problem}")]
    internal static partial void NothingStored(this ILogger logger, string problem);

    [LoggerMessage(2003, LogLevel.Information, "The data folder takes writes again")]
    internal static partial void WritesAgain(this ILogger logger);
}

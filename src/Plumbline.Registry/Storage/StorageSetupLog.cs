namespace Plumbline.Registry.Storage;

/// <summary>What <see cref="StorageSetup"/> logs.</summary>
internal static partial class StorageSetupLog
{
    [LoggerMessage(2004, LogLevel.Error, "A request could not be stored: {Problem}")]
    internal static partial void RequestNotStored(this ILogger logger, Exception error, string problem);
}

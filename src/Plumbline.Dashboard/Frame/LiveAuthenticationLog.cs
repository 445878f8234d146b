namespace Plumbline.Dashboard.Frame;

/// <summary>What <see cref="LiveAuthentication"/> logs.</summary>
internal static partial class LiveAuthenticationLog
{
    [LoggerMessage(6004, LogLevel.Debug, "A page that was being opened or closed was not asked again who it is for")]
    internal static partial void NotAskedAgain(this ILogger logger, Exception failure);
}

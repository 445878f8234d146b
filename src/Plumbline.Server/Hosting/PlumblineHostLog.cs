namespace Plumbline.Server.Hosting;

/// <summary>What the composition root logs.</summary>
internal static partial class PlumblineHostLog
{
    [LoggerMessage(7001, LogLevel.Warning, "{Reason}")]
    internal static partial void FolderOpen(this ILogger logger, string reason);
}

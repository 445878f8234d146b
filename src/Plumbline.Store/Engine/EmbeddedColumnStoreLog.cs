using Microsoft.Extensions.Logging;

namespace Plumbline.Store.Engine;

/// <summary>What <see cref="EmbeddedColumnStore"/> logs.</summary>
internal static partial class EmbeddedColumnStoreLog
{
    [LoggerMessage(1002, LogLevel.Information, "The column store {Directory} has finished")]
    internal static partial void Finished(this ILogger logger, string directory);

    [LoggerMessage(1003, LogLevel.Information, "The column store {Directory} is closed")]
    internal static partial void Closed(this ILogger logger, string directory);

    [LoggerMessage(
        1004,
        LogLevel.Warning,
        "The engine did not start within {Limit} MiB, and has been started without a limit. Its tables may need more: "
            + "raise engine.memory_mib, or delete models"
    )]
    internal static partial void StartedWithoutLimit(this ILogger logger, long limit);

    [LoggerMessage(
        1005,
        LogLevel.Information,
        "The column store {Directory} is open: {Readers} read and {Writers} write threads, memory limit {Limit} MiB"
    )]
    internal static partial void Opened(this ILogger logger, string directory, int readers, int writers, long limit);
}

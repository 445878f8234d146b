namespace Plumbline.Ingestion.Writing;

/// <summary>What <see cref="SpoolDrain"/> logs.</summary>
internal static partial class SpoolDrainLog
{
    [LoggerMessage(3008, LogLevel.Error, "The spool cannot be written; model {Model} waits")]
    internal static partial void SpoolUnwritable(this ILogger logger, Exception error, int model);

    [LoggerMessage(3009, LogLevel.Error, "Moving events of model {Model} from the spool failed; it is tried again")]
    internal static partial void LaneFailed(this ILogger logger, Exception error, int model);

    [LoggerMessage(
        3010,
        LogLevel.Error,
        "Block {Block} of model {Model} ({Rows} rows) failed {Tries} times and is set aside; it is tried again every {Backoff}"
    )]
    internal static partial void BlockSetAside(
        this ILogger logger,
        Exception error,
        long block,
        int model,
        long rows,
        int tries,
        TimeSpan backoff
    );

    [LoggerMessage(3011, LogLevel.Warning, "Block {Block} of model {Model} ({Rows} rows) failed and is tried again in {Backoff}")]
    internal static partial void BlockFailed(this ILogger logger, Exception error, long block, int model, long rows, TimeSpan backoff);
}

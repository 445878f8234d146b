namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>What <see cref="CalibratedNulls"/> logs.</summary>
internal static partial class CalibratedNullsLog
{
    [LoggerMessage(
        4001,
        LogLevel.Information,
        "Model {Model}: {Streams} streams of calibrated drift were learned from {Source} between {From:u} and {To:u}"
    )]
    internal static partial void StreamsLearned(
        this ILogger logger,
        string model,
        int streams,
        string source,
        DateTimeOffset from,
        DateTimeOffset to
    );

    [LoggerMessage(
        4002,
        LogLevel.Warning,
        "Model {Model} has more than {Limit} streams of calibrated drift; the finest are not calibrated"
    )]
    internal static partial void StreamsLeftOut(this ILogger logger, string model, int limit);
}

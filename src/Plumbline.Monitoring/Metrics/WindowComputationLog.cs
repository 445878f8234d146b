namespace Plumbline.Monitoring.Metrics;

/// <summary>What <see cref="WindowComputation"/> logs.</summary>
internal static partial class WindowComputationLog
{
    [LoggerMessage(4003, LogLevel.Warning, "{Calculator} failed for windows of {Model}; all else of them is computed")]
    internal static partial void CalculatorFailed(this ILogger logger, Exception error, string calculator, string model);

    [LoggerMessage(4017, LogLevel.Warning, "The reference of {Model} was not counted by segment; segments are compared with all rows")]
    internal static partial void SegmentsNotCounted(this ILogger logger, Exception error, string model);

    [LoggerMessage(4004, LogLevel.Warning, "{Calculator} failed for a window of {Model}; all else of it is computed")]
    internal static partial void OpenWindowFailed(this ILogger logger, Exception error, string calculator, string model);
}

namespace Plumbline.Monitoring.Metrics;

/// <summary>What <see cref="WindowPass"/> logs.</summary>
internal static partial class WindowPassLog
{
    [LoggerMessage(4005, LogLevel.Error, "The window pass failed; it is tried again.")]
    internal static partial void PassFailed(this ILogger logger, Exception error);

    [LoggerMessage(4006, LogLevel.Error, "The lane of model {Model} failed; it is tried again.")]
    internal static partial void LaneFailed(this ILogger logger, Exception error, int model);

    [LoggerMessage(4007, LogLevel.Error, "Windows {From} to {To} of {Model} were not computed: {Cause}; they are tried again.")]
    internal static partial void WindowsNotComputed(
        this ILogger logger,
        Exception? error,
        DateTimeOffset from,
        DateTimeOffset to,
        string model,
        string cause
    );

    [LoggerMessage(4008, LogLevel.Error, "The window {Start} of {Model} is set aside after {Attempts} tries: {Cause}")]
    internal static partial void WindowSetAside(this ILogger logger, DateTimeOffset start, string model, int attempts, string cause);
}

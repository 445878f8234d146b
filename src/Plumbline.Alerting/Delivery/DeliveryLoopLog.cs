namespace Plumbline.Alerting.Delivery;

/// <summary>What <see cref="DeliveryLoop"/> logs.</summary>
internal static partial class DeliveryLoopLog
{
    [LoggerMessage(5012, LogLevel.Information, "The receiver {Receiver} takes reminders again")]
    internal static partial void RemindersTaken(this ILogger logger, string receiver);

    [LoggerMessage(5013, LogLevel.Warning, "The receiver {Receiver} does not take reminders: {Reason}")]
    internal static partial void RemindersRefused(this ILogger logger, string receiver, string? reason);

    [LoggerMessage(5014, LogLevel.Error, "A pass of the delivery pipeline failed; it is repeated")]
    internal static partial void PassFailed(this ILogger logger, Exception error);
}

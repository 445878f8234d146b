namespace Plumbline.Alerting.Delivery;

/// <summary>What <see cref="MessageSending"/> logs.</summary>
internal static partial class MessageSendingLog
{
    [LoggerMessage(5004, LogLevel.Error, "Sending to the receiver {Receiver} failed unexpectedly: {Kind} {Failure}")]
    internal static partial void SendingFailed(this ILogger logger, string receiver, string kind, string failure);

    [LoggerMessage(
        5005,
        LogLevel.Error,
        "A message to the receiver {Receiver} with the key {Key} was given up after {Attempts} attempts: {Reason}"
    )]
    internal static partial void MessageGivenUp(this ILogger logger, string receiver, string key, int attempts, string reason);

    [LoggerMessage(5006, LogLevel.Warning, "A message to the receiver {Receiver} was not delivered, attempt {Attempt}: {Reason}")]
    internal static partial void MessageNotDelivered(this ILogger logger, string receiver, int attempt, string? reason);
}

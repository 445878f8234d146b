namespace Plumbline.Alerting.Delivery;

/// <summary>What <see cref="StorageAlerts"/> logs.</summary>
internal static partial class StorageAlertsLog
{
    [LoggerMessage(5011, LogLevel.Error, "The receiver {Receiver} refused to hear about the data folder: {Reason}")]
    internal static partial void StorageAlertRefused(this ILogger logger, string receiver, string? reason);
}

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>What <see cref="ReceiverCatalog"/> logs.</summary>
internal static partial class ReceiverCatalogLog
{
    [LoggerMessage(
        5007,
        LogLevel.Warning,
        "The receiver {Receiver} of the configuration file hides the one of the same name that was declared over the API"
    )]
    internal static partial void ReceiverHidden(this ILogger logger, string receiver);

    [LoggerMessage(5008, LogLevel.Information, "The receiver {Receiver} was {Change} by {By}")]
    internal static partial void ReceiverDeclared(this ILogger logger, string receiver, string change, string by);

    [LoggerMessage(
        5009,
        LogLevel.Error,
        "The receiver {Receiver} is of a kind that this version does not know: {Kind}. Nothing is sent to it"
    )]
    internal static partial void KindUnknown(this ILogger logger, string receiver, string kind);

    [LoggerMessage(
        5010,
        LogLevel.Error,
        "The secrets of the receiver {Receiver} cannot be decrypted: the keys that encrypted them are not in the data folder. "
            + "Set them again"
    )]
    internal static partial void SecretsLost(this ILogger logger, Exception error, string receiver);
}

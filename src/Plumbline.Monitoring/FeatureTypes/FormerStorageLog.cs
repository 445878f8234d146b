namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>What <see cref="FormerStorage"/> logs.</summary>
internal static partial class FormerStorageLog
{
    [LoggerMessage(4011, LogLevel.Warning, "What is not used any more of model {ModelId} was not dropped; the next start tries again")]
    internal static partial void FormerNotDropped(this ILogger logger, Exception error, int modelId);
}

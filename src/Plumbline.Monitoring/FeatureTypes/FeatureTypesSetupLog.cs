namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>What <see cref="FeatureTypesSetup"/> logs.</summary>
internal static partial class FeatureTypesSetupLog
{
    [LoggerMessage(
        4010,
        LogLevel.Error,
        "A change of a feature's type is not finished; it goes on at the next start or with the next change of that feature."
    )]
    internal static partial void ChangeUnfinished(this ILogger logger, Exception error);
}

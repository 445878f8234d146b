namespace Plumbline.Registry.Integrity;

/// <summary>What <see cref="IntegritySetup"/> logs.</summary>
internal static partial class IntegritySetupLog
{
    [LoggerMessage(2012, LogLevel.Error, "{Finding}")]
    internal static partial void Found(this ILogger logger, string finding);
}

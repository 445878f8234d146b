namespace Plumbline.Exposition.Otlp;

/// <summary>What sending by OTLP logs.</summary>
internal static partial class OtlpLog
{
    [LoggerMessage(9001, LogLevel.Warning, "Own metrics or traces were not taken by {Host}: {Reason}. What was in that message is lost.")]
    internal static partial void NotExported(this ILogger log, string host, string reason);
}

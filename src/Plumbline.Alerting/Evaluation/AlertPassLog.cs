namespace Plumbline.Alerting.Evaluation;

/// <summary>What <see cref="AlertPass"/> logs.</summary>
internal static partial class AlertPassLog
{
    [LoggerMessage(5001, LogLevel.Error, "The rules of {Model} were not judged; they are tried again.")]
    internal static partial void RulesNotEvaluated(this ILogger logger, Exception error, string model);

    [LoggerMessage(5002, LogLevel.Error, "Incidents that changed were not reported; it is tried again.")]
    internal static partial void IncidentsNotReported(this ILogger logger, Exception error);

    [LoggerMessage(5003, LogLevel.Warning, "Which models are idle could not be read; each is looked at once.")]
    internal static partial void IdleUnread(this ILogger logger, Exception error);
}

namespace Plumbline.Dashboard.Panels;

/// <summary>What pages log.</summary>
internal static partial class PageLog
{
    [LoggerMessage(6001, LogLevel.Error, "The panel {Panel} could not be read")]
    internal static partial void PanelUnread(this ILogger logger, Exception error, string panel);

    [LoggerMessage(6002, LogLevel.Error, "The overview of {Model} could not be read")]
    internal static partial void OverviewUnread(this ILogger logger, Exception error, string model);

    [LoggerMessage(6003, LogLevel.Error, "Incident {Incident} could not be read")]
    internal static partial void IncidentUnread(this ILogger logger, Exception error, long incident);
}

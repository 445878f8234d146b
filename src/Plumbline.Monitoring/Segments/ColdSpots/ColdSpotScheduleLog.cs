namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>What <see cref="ColdSpotSchedule"/> logs.</summary>
internal static partial class ColdSpotScheduleLog
{
    [LoggerMessage(4014, LogLevel.Error, "The daily search for cold spots could not be started; it is tried again.")]
    internal static partial void SearchNotStarted(this ILogger logger, Exception error);
}

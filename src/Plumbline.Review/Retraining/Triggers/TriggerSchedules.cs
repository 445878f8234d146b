using Cronos;
using Plumbline.Registry.Text;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>Schedules of triggers: words, durations and cron expressions.</summary>
public static class TriggerSchedules
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Why a text is no schedule; null when it is one.</summary>
    public static string? Check(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (PeriodOf(text) is { } period)
            return period >= Shortest && period <= Longest ? null : "a duration of 1m to 365d.";
        return CronExpression.TryParse(text, CronFormat.Standard, out _)
            ? null
            : "daily, weekly, a duration such as 36h, or a cron expression of five fields such as 0 4 * * 1.";
    }

    /// <summary>When it is due for the first time after another; null for never.</summary>
    public static DateTimeOffset? NextAfter(string text, DateTimeOffset last)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (PeriodOf(text) is { } period)
            return last + period;
        return CronExpression.TryParse(text, CronFormat.Standard, out var cron) ? cron.GetNextOccurrence(last, TimeZoneInfo.Utc) : null;
    }

    private static TimeSpan? PeriodOf(string text) =>
        text switch
        {
            "daily" => TimeSpan.FromDays(1),
            "weekly" => TimeSpan.FromDays(7),
            _ => DurationText.TryParse(text, out var period) ? period : null,
        };
}

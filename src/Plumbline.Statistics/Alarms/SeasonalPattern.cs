namespace Plumbline.Statistics.Alarms;

/// <summary>What of the calendar a null distribution has learned to expect. Times are UTC.</summary>
public enum SeasonalPattern
{
    /// <summary>Every window is expected to be alike.</summary>
    None = 0,

    /// <summary>Windows at one hour of the day are alike (windows shorter than a day).</summary>
    HourOfDay = 1,

    /// <summary>The same, Saturday and Sunday apart.</summary>
    HourOfDayAndWeekend = 2,

    /// <summary>Windows at one hour of the week are alike.</summary>
    HourOfWeek = 3,

    /// <summary>Windows on one day of the week are alike (windows of a day).</summary>
    DayOfWeek = 4,
}

/// <summary>Numbers the slots of a pattern and says which patterns a history is long enough for.</summary>
internal static class SeasonalSlots
{
    // A slot should have been seen on this many different days before it is believed.
    private const int Repetitions = 3;

    public static int Count(SeasonalPattern pattern) =>
        pattern switch
        {
            SeasonalPattern.HourOfDay => 24,
            SeasonalPattern.HourOfDayAndWeekend => 48,
            SeasonalPattern.HourOfWeek => 168,
            SeasonalPattern.DayOfWeek => 7,
            _ => 1,
        };

    public static int Of(SeasonalPattern pattern, DateTimeOffset start)
    {
        var time = start.UtcDateTime;
        return pattern switch
        {
            SeasonalPattern.HourOfDay => time.Hour,
            SeasonalPattern.HourOfDayAndWeekend => time.Hour + (time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 24 : 0),
            SeasonalPattern.HourOfWeek => time.Hour + 24 * (int)time.DayOfWeek,
            SeasonalPattern.DayOfWeek => (int)time.DayOfWeek,
            _ => 0,
        };
    }

    /// <summary>Days are left out as a whole when predicting: neighbours in time are too alike to test each other.</summary>
    public static long Day(DateTimeOffset start) => start.UtcTicks / TimeSpan.TicksPerDay;

    public static IEnumerable<SeasonalPattern> Candidates(TimeSpan window, TimeSpan history)
    {
        yield return SeasonalPattern.None;
        if (window >= TimeSpan.FromDays(1))
        {
            if (window == TimeSpan.FromDays(1) && history >= Repetitions * TimeSpan.FromDays(7))
                yield return SeasonalPattern.DayOfWeek;
            yield break;
        }

        if (history >= TimeSpan.FromDays(Repetitions + 1))
            yield return SeasonalPattern.HourOfDay;
        if (history >= TimeSpan.FromDays(14))
            yield return SeasonalPattern.HourOfDayAndWeekend;
        if (history >= TimeSpan.FromDays(7 * Repetitions))
            yield return SeasonalPattern.HourOfWeek;
    }
}

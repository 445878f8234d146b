namespace Plumbline.Monitoring.Metrics;

/// <summary>The lengths that base windows are merged to: a day and a week, both in UTC, weeks beginning on Monday.</summary>
public static class CoarseWindows
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);
    public static readonly TimeSpan Week = TimeSpan.FromDays(7);

    // 1970-01-01 was a Thursday: the epoch's first Monday is the 5th.
    private static readonly DateTimeOffset FirstMonday = DateTimeOffset.UnixEpoch.AddDays(4);

    /// <summary>The lengths longer than the base window.</summary>
    public static IEnumerable<TimeSpan> Above(TimeSpan baseWindow)
    {
        if (baseWindow < Day)
            yield return Day;
        yield return Week;
    }

    /// <summary>
    /// The windows in which a scope is looked at: an hour of a segment has too few rows, its days have enough. All rows have them in the
    /// base windows.
    /// </summary>
    /// <param name="baseWindow">Length of the model's windows.</param>
    /// <param name="segment">The scope; empty for all rows.</param>
    public static TimeSpan OfScope(TimeSpan baseWindow, string segment) => segment is "" || baseWindow >= Day ? baseWindow : Day;

    /// <summary>The window of that length which holds <paramref name="time"/>.</summary>
    public static MetricWindow Holding(DateTimeOffset time, TimeSpan length)
    {
        var origin = length == Week ? FirstMonday : DateTimeOffset.UnixEpoch;
        var ticks = (time - origin).Ticks;
        var start = origin.AddTicks(ticks - (((ticks % length.Ticks) + length.Ticks) % length.Ticks));
        return new MetricWindow(start, start + length);
    }
}

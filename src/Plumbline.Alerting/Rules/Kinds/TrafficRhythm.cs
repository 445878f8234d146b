namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>
/// How many predictions should have come in a silence, by the hours of the week before: office hours have silent nights and weekends, and
/// of 1.5 predictions an hour many an hour has none.
/// </summary>
internal static class TrafficRhythm
{
    /// <summary>The longest silence that is added up: what lasts longer is sure by then.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(3);

    /// <summary>Windows up to this length are taken with their neighbours: one alone says little of few predictions.</summary>
    private static readonly TimeSpan WithNeighbours = TimeSpan.FromHours(2);

    /// <summary>Predictions by which an hour may have had fewer than it has usually.</summary>
    private const double ByChance = 3;

    /// <summary>How far back it looks: a week before the begin of the longest silence.</summary>
    public static TimeSpan Reach => EvaluatedWindow.Week + LongestSilence + EvaluatedWindow.Day;

    /// <summary>Predictions expected in the window; null when nothing is known of its hour.</summary>
    public static double? Expected(EvaluatedWindow window) =>
        OldestKnown(window) is { } oldest ? Expected(window, TimeSpan.Zero, oldest) : null;

    /// <summary>
    /// Predictions expected in the window, which is silent, and in all silent ones before it together. Null when nothing is known of its
    /// hour.
    /// </summary>
    public static (double? Expected, double Missing) MissingUntil(EvaluatedWindow window)
    {
        if (OldestKnown(window) is not { } oldest || Expected(window, TimeSpan.Zero, oldest) is not { } expected)
            return (null, 0);
        var missing = expected;
        for (var back = window.Length; back <= LongestSilence && Rows(window, back) == 0; back += window.Length)
            missing += Expected(window, back, oldest) ?? 0;
        return (expected, missing);
    }

    // How long before the window the oldest predictions are that are known of.
    private static TimeSpan? OldestKnown(EvaluatedWindow window)
    {
        for (var back = Windows(window, Reach); back > TimeSpan.Zero; back -= window.Length)
        {
            if (Rows(window, back) > 0)
                return back;
        }

        return null;
    }

    private static TimeSpan Windows(EvaluatedWindow window, TimeSpan time) => Math.Floor(time / window.Length) * window.Length;

    // The same hour a week before, as soon as there is one; until then the quietest of the days before at that hour.
    private static double? Expected(EvaluatedWindow window, TimeSpan back, TimeSpan oldest)
    {
        if (back + EvaluatedWindow.Week <= oldest)
            return Around(window, back + EvaluatedWindow.Week);
        if (IsUnseenWeekend(window, back, oldest))
            return null;
        double? least = null;
        for (var day = back + EvaluatedWindow.Day; day <= oldest; day += EvaluatedWindow.Day)
            least = Math.Min(least ?? double.MaxValue, Around(window, day));
        return least;
    }

    // Who has seen working days only knows nothing of the weekend, unless predictions come round the clock.
    private static bool IsUnseenWeekend(EvaluatedWindow window, TimeSpan back, TimeSpan oldest)
    {
        if (!IsWeekend(window.Start - back) || window.Length >= EvaluatedWindow.Day)
            return false;
        for (var day = back + EvaluatedWindow.Day; day <= oldest; day += EvaluatedWindow.Day)
        {
            if (IsWeekend(window.Start - day))
                return false;
        }

        var met = false;
        for (var hour = back + window.Length; hour <= oldest; hour += window.Length)
        {
            var some = Rows(window, hour) > 0;
            // The silence that is looked at is none of the nights.
            if (met && !some)
                return true;
            met |= some;
        }

        return false;
    }

    private static bool IsWeekend(DateTimeOffset time) => time.UtcDateTime.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    // The neighbours speak only within what chance leaves open: an hour after closing time is not as busy as the one before.
    private static double Around(EvaluatedWindow window, TimeSpan back)
    {
        var own = Rows(window, back);
        if (window.Length > WithNeighbours)
            return own;
        return Math.Min(own + ByChance, (Rows(window, back - window.Length) + own + Rows(window, back + window.Length)) / 3);
    }

    private static double Rows(EvaluatedWindow window, TimeSpan back) => window.Before(back)?.Value ?? 0;
}

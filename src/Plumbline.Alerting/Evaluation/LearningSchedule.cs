using System.Collections.Immutable;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// When the normal of a stream is learned, and from which windows. A first normal after two days, and again after four, seven and fourteen
/// as more of the calendar has been seen; then it stays, so that a slow decline does not become normal unseen. Windows of a day and longer
/// are few: with each of them it is learned again, for four weeks. What looks like trouble is not learned.
/// </summary>
/// <param name="window">Length of the windows.</param>
/// <param name="followsCalendar">Whether what people do at weekends may move the metric: the first weekend, or the first working days, are
/// then learned and not judged.</param>
internal sealed class LearningSchedule(TimeSpan window, bool followsCalendar)
{
    /// <summary>Rows over all windows below which nothing is judged by them: a share of 61 rows is not known.</summary>
    public const long FewestRows = 200;

    private const int FewestWindows = 2;

    /// <summary>Windows shorter than a day before a distribution can be learned from them.</summary>
    private const int FewestShortWindows = 20;

    /// <summary>Windows of an hour that are kept where they are shorter than a quarter of it; the first ones, so that neighbours stay
    /// neighbours.</summary>
    private const int MostPerHour = 4;

    /// <summary>Windows that wait for a suspicion to end; one that lasts longer is no coincidence, and they are forgotten.</summary>
    private const int MostHeld = 400;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan[] Stages = [2 * Day, 4 * Day, 7 * Day, 14 * Day];

    /// <summary>Half a day's windows of a kind of day, or so many, have to be seen before such days are judged.</summary>
    private static readonly TimeSpan SeenOfADay = Day / 2;

    /// <summary>How long it is learned in all.</summary>
    public TimeSpan Whole =>
        window >= 7 * Day ? 8 * window
        : window >= Day ? 28 * Day
        : Stages[^1];

    /// <summary>How long before the first window is judged.</summary>
    public TimeSpan First => window > Stages[0] ? FewestWindows * window : Stages[0];

    /// <summary>The state with a new generation of its normal, where it is time for one.</summary>
    public StreamState Advance(StreamState state, DateTimeOffset start) =>
        IsDue(state) ? state with { InUse = state.Learned.Count, Generation = state.Generation + 1, LearnedAt = start } : state;

    /// <summary>The state that learns this window, at once or when it turns out to be no trouble.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="learned">The window.</param>
    /// <param name="suspicious">Whether it is rare, or there is half the evidence of a change that an alarm needs. Less is chance, and
    /// leaving it out would keep what the first windows happened to be.</param>
    public StreamState Learn(StreamState state, LearnedWindow learned, bool suspicious)
    {
        if (Span(state.Learned, state.Learned.Count) >= Whole)
            return state.Held.IsEmpty ? state : state with { Held = [] };
        var held = IsKept(learned.Start) ? state.Held.Add(learned) : state.Held;
        if (held.Count > MostHeld)
            held = [];
        return suspicious ? state with { Held = held } : state with { Learned = state.Learned.AddRange(held), Held = [] };
    }

    /// <summary>Why a window at this time cannot be judged by what has been learned; null when it can.</summary>
    public string? NotYet(StreamState state, DateTimeOffset start)
    {
        if (state.InUse == 0)
            return "learning what is normal";
        if (!followsCalendar || window > Day)
            return null;
        var weekend = IsWeekend(start);
        var enough = SeenOfADay > window ? SeenOfADay / window : 1;
        var seen = 0;
        for (var i = 0; i < state.InUse && seen < enough; i++)
        {
            if (IsWeekend(state.Learned[i].Start) == weekend)
                seen++;
        }

        return seen >= enough ? null
            : weekend ? "learning the first weekend"
            : "learning the first working days";
    }

    /// <summary>Time over which the first so many of the windows spread.</summary>
    public TimeSpan Span(ImmutableList<LearnedWindow> learned, int count) =>
        count == 0 ? TimeSpan.Zero : learned[count - 1].Start - learned[0].Start + window;

    private bool IsDue(StreamState state)
    {
        var span = Span(state.Learned, state.Learned.Count);
        if (state.InUse == 0)
        {
            return span >= First
                && state.Learned.Count >= (window < Day ? FewestShortWindows : FewestWindows)
                && state.Learned.Sum(learned => learned.N) >= FewestRows;
        }

        if (state.InUse >= state.Learned.Count)
            return false;
        if (window >= Day)
            return true;
        var before = Span(state.Learned, state.InUse);
        return Array.Exists(Stages, stage => before < stage && stage <= span);
    }

    private bool IsKept(DateTimeOffset start) =>
        window * MostPerHour >= TimeSpan.FromHours(1) || start.UtcTicks % TimeSpan.TicksPerHour < MostPerHour * window.Ticks;

    private static bool IsWeekend(DateTimeOffset start) => start.UtcDateTime.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}

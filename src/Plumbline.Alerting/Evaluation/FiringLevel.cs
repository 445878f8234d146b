using System.Collections.Immutable;

namespace Plumbline.Alerting.Evaluation;

/// <summary>A window while an alert fires: by how much it differs from what was normal, and how surely.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Deviation">Value minus expected, in the metric's unit.</param>
/// <param name="StandardError">Of the value; 0 where the metric has none.</param>
/// <param name="N">Rows.</param>
public sealed record FiringWindow(DateTimeOffset Start, double Deviation, double StandardError, long N);

/// <summary>
/// How far a firing stream is from normal, so that what gets much worse on top of it is told anew and not hidden by it: a segment's loss
/// of weeks must not hide the loss of all rows that comes then.
/// </summary>
public sealed record FiringLevel
{
    /// <summary>Windows that are looked at together: a single one is noise.</summary>
    public const int Together = 6;

    /// <summary>Standard errors by which a single window must be better than half of what was told, to end it.</summary>
    private const double Surely = 3;

    /// <summary>Effects that matter by which it must get worse; and by as much again as it is bad already.</summary>
    private const double FloorsWorse = 1.5;

    /// <summary>Numbers of the last windows that are compared with those before them: what gets worse by little needs more.</summary>
    private static readonly int[] Lengths = [Together, 2 * Together, 4 * Together];

    /// <summary>The same for windows of a day and longer, which have many rows.</summary>
    private static readonly int[] LengthsOfDays = [1, 2];

    /// <summary>Windows after which the level is known.</summary>
    private const int Settled = 12;

    private const int SettledOfDays = 2;

    /// <summary>Half a 99 % interval in standard errors.</summary>
    private const double ErrorsOf99 = 2.576;

    /// <summary>Mean deviation when it fired, in the metric's unit.</summary>
    public double Told { get; init; }

    /// <summary>The last windows.</summary>
    public ImmutableList<FiringWindow> Latest { get; init; } = [];

    /// <summary>Mean deviation of the windows before these, weighted by rows.</summary>
    public double Mean { get; init; }

    /// <summary>Rows of the windows before these, at least 1 for each.</summary>
    public double Rows { get; init; }

    /// <summary>Number of the windows before these.</summary>
    public int Windows { get; init; }

    /// <summary>The level on top of which it got worse; null when it did not.</summary>
    public double? Below { get; init; }

    /// <summary>Since when it had been at that level.</summary>
    public DateTimeOffset? BelowSince { get; init; }

    /// <summary>The level with the next window.</summary>
    public FiringLevel Add(FiringWindow window)
    {
        var latest = Latest.Add(window);
        return latest.Count <= Lengths[^1] ? this with { Latest = latest } : Before(1) with { Latest = latest.RemoveAt(0) };
    }

    /// <summary>
    /// False while the last windows together are surely not as they should be, though each alone might be: of few rows a single window is
    /// often unsurprising by chance.
    /// </summary>
    /// <param name="negligible">A deviation that is none.</param>
    public bool HoldsNormal(double negligible)
    {
        var last = LatestOf(Together);
        return last.Count > 0 && Math.Abs(MeanOf(last)) <= Math.Max(negligible, LearnedWindow.ErrorsOf95 * ErrorOf(last));
    }

    /// <summary>
    /// Whether the last windows show surely that less than half of what was told is left: then one need not wait until each of some
    /// windows in a row looks normal by itself.
    /// </summary>
    /// <param name="windows">How many of the last windows.</param>
    public bool IsSurelyLess(int windows)
    {
        var last = LatestOf(windows);
        return last.Count > 0 && (last.Count > 1 || last[0].StandardError > 0) && IsNearer(0, last, Surely);
    }

    /// <summary>How it got much worse than it was when it was told; null when it did not.</summary>
    /// <param name="onset">Since when it fires.</param>
    /// <param name="floor">The effect that matters.</param>
    /// <param name="ofDays">Whether windows are a day or longer.</param>
    public Worsening? Worse(DateTimeOffset onset, double floor, bool ofDays)
    {
        foreach (var length in ofDays ? LengthsOfDays : Lengths)
        {
            var before = Before(Latest.Count - length);
            if (Latest.Count < length || before.Windows < (ofDays ? SettledOfDays : Settled))
                continue;
            var last = LatestOf(length);
            var further = Further(MeanOf(last));
            if (further < Math.Max(FloorsWorse * floor, Math.Abs(before.Mean)) + (LearnedWindow.ErrorsOf95 * ErrorOf(last)))
                continue;
            var since = last.First(window => Further(window.Deviation) >= further / 2).Start;
            return new(since, before.Mean, further, OnTopOf(before.Mean, onset, last.RemoveAll(window => window.Start < since)));

            double Further(double deviation) => (deviation - before.Mean) * (before.Mean < 0 ? -1 : 1);
        }

        return null;
    }

    /// <summary>
    /// Whether the last windows, as many as are needed, show that it is nearer to the level on top of which it had got worse than to what
    /// was told then.
    /// </summary>
    public bool IsBack() =>
        Below is { } below && Array.Exists(Lengths, length => Latest.Count >= length && IsNearer(below, LatestOf(length), ErrorsOf99));

    /// <summary>The level on top of which it had got worse, now that it is back at it.</summary>
    public FiringLevel Back() => new() { Told = Below ?? Told, Latest = LatestOf(Together) };

    private static FiringLevel OnTopOf(double below, DateTimeOffset since, ImmutableList<FiringWindow> windows) =>
        new()
        {
            Below = below,
            BelowSince = since,
            Told = MeanOf(windows),
            Latest = windows,
        };

    // Nearer to a level than to what was told, by so many standard errors.
    private bool IsNearer(double level, ImmutableList<FiringWindow> windows, double errors) =>
        Math.Abs(MeanOf(windows) - level) + (errors * ErrorOf(windows)) < Math.Abs(Told - level) / 2;

    private ImmutableList<FiringWindow> LatestOf(int windows) => Latest.RemoveRange(0, Math.Max(0, Latest.Count - windows));

    /// <summary>The level with the first of the latest windows counted among those before them.</summary>
    private FiringLevel Before(int windows)
    {
        var (mean, rows) = (Mean, Rows);
        for (var i = 0; i < windows; i++)
        {
            var n = Math.Max(1, Latest[i].N);
            rows += n;
            mean += (Latest[i].Deviation - mean) * n / rows;
        }

        return this with
        {
            Mean = mean,
            Rows = rows,
            Windows = Windows + Math.Max(0, windows),
        };
    }

    private static double MeanOf(ImmutableList<FiringWindow> windows) =>
        windows.Sum(window => Math.Max(1, window.N) * window.Deviation) / windows.Sum(window => Math.Max(1.0, window.N));

    // The larger one of what sampling makes of it and of what the windows differ among themselves.
    private static double ErrorOf(ImmutableList<FiringWindow> windows)
    {
        var rows = windows.Sum(window => Math.Max(1.0, window.N));
        var mean = MeanOf(windows);
        var sampling = Math.Sqrt(windows.Sum(window => Math.Pow(Math.Max(1, window.N) * window.StandardError, 2))) / rows;
        var spread = windows.Sum(window => Math.Max(1, window.N) / rows * Math.Pow(window.Deviation - mean, 2));
        return Math.Max(sampling, Math.Sqrt(spread / Math.Max(1, windows.Count - 1)));
    }
}

/// <summary>A firing stream that got much worse.</summary>
/// <param name="Since">Start of the window with which it did.</param>
/// <param name="From">Its mean deviation before.</param>
/// <param name="By">By how much it got worse, not negative.</param>
/// <param name="Level">The level that begins there.</param>
public sealed record Worsening(DateTimeOffset Since, double From, double By, FiringLevel Level);

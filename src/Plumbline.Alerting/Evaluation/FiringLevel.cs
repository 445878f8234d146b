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

    /// <summary>Windows from which the level is known.</summary>
    private const int Settled = 12;

    /// <summary>Effects that matter by which it must get worse; and by as much again as it is bad already.</summary>
    private const double FloorsWorse = 2;

    /// <summary>The last windows, at most <see cref="Together"/>.</summary>
    public ImmutableList<FiringWindow> Latest { get; init; } = [];

    /// <summary>Mean deviation of the windows before these, weighted by rows.</summary>
    public double Mean { get; init; }

    /// <summary>Rows of the windows before these, at least 1 for each.</summary>
    public double Rows { get; init; }

    /// <summary>Number of the windows before these.</summary>
    public int Windows { get; init; }

    /// <summary>The level on top of which it got worse; null when it did not.</summary>
    public double? Below { get; init; }

    /// <summary>The level with the next window.</summary>
    public FiringLevel Add(FiringWindow window)
    {
        var latest = Latest.Add(window);
        if (latest.Count <= Together)
            return this with { Latest = latest };
        var rows = Rows + Math.Max(1, latest[0].N);
        return this with
        {
            Latest = latest.RemoveAt(0),
            Mean = Mean + ((latest[0].Deviation - Mean) * Math.Max(1, latest[0].N) / rows),
            Rows = rows,
            Windows = Windows + 1,
        };
    }

    /// <summary>
    /// False while the last windows together are surely not as they should be, though each alone might be: of few rows a single window is
    /// often unsurprising by chance.
    /// </summary>
    /// <param name="negligible">A deviation that is none.</param>
    public bool HoldsNormal(double negligible) =>
        Latest.Count > 0 && Math.Abs(DeviationOfLatest()) <= Math.Max(negligible, LearnedWindow.ErrorsOf95 * ErrorOfLatest());

    /// <summary>Since when it is much worse than it was when it was told; null when it is not.</summary>
    /// <param name="floor">The effect that matters.</param>
    public DateTimeOffset? WorseSince(double floor)
    {
        if (Windows < Settled || Latest.Count < Together)
            return null;
        var further = Further(DeviationOfLatest());
        if (further < Math.Max(FloorsWorse * floor, Math.Abs(Mean)) + (LearnedWindow.ErrorsOf95 * ErrorOfLatest()))
            return null;
        return Latest.First(window => Further(window.Deviation) >= further / 2).Start;
    }

    /// <summary>Whether it is back at the level on top of which it had got worse.</summary>
    /// <param name="floor">The effect that matters.</param>
    public bool IsBack(double floor) =>
        Below is { } below
        && Latest.Count == Together
        && Math.Abs(DeviationOfLatest() - below) <= floor / 2
        && Math.Abs(DeviationOfLatest()) + (LearnedWindow.ErrorsOf95 * ErrorOfLatest()) < Math.Abs(Mean) - floor;

    /// <summary>The level that begins where it got worse.</summary>
    public FiringLevel Worse(DateTimeOffset since) => new() { Below = Mean, Latest = Latest.RemoveAll(window => window.Start < since) };

    /// <summary>Mean deviation of the last windows, weighted by rows.</summary>
    public double DeviationOfLatest() =>
        Latest.Sum(window => Math.Max(1, window.N) * window.Deviation) / Latest.Sum(window => Math.Max(1.0, window.N));

    // The larger one of what sampling makes of it and of what the windows differ among themselves.
    private double ErrorOfLatest()
    {
        var rows = Latest.Sum(window => Math.Max(1.0, window.N));
        var mean = DeviationOfLatest();
        var sampling = Math.Sqrt(Latest.Sum(window => Math.Pow(Math.Max(1, window.N) * window.StandardError, 2))) / rows;
        var spread = Latest.Sum(window => Math.Max(1, window.N) / rows * Math.Pow(window.Deviation - mean, 2));
        return Math.Max(sampling, Math.Sqrt(spread / Math.Max(1, Latest.Count - 1)));
    }

    private double Further(double deviation) => (deviation - Mean) * (Mean < 0 ? -1 : 1);
}

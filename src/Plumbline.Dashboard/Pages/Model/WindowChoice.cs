using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// Which windows a chart has when nobody chose: so many that a course can be seen and so few that each stands apart, with enough rows in
/// each that its interval does not hide the course.
/// </summary>
public static class WindowChoice
{
    /// <summary>Points below which a line has no course.</summary>
    public const int FewestPoints = 30;

    /// <summary>Points above which they run into one another.</summary>
    public const int MostPoints = 120;

    /// <summary>Rows of a window from which on the 95 % interval of a share is at most about 10 points to either side.</summary>
    public const double EnoughRows = 100;

    /// <summary>Predictions of a day from which on a longer range than the shortest costs more than it shows.</summary>
    public const double ManyRows = 10_000;

    /// <summary>
    /// How long the time axis is when nobody chose: the longest of those that can be chosen in which windows stand apart. In seven days a
    /// model with windows of a day shows a handful of points, and nothing of what it was like before.
    /// </summary>
    /// <param name="window">The model's own windows.</param>
    /// <param name="rowsPerDay">Predictions of a day; 0 when nobody knows.</param>
    public static TimeSpan UsualRange(TimeSpan window, double rowsPerDay) =>
        rowsPerDay >= ManyRows
            ? TimeSpan.Zero
            : TimeRange
                .Presets.Where(preset => preset.Key != TimeRange.All && preset.Length / window <= MostPoints)
                .Max(preset => preset.Length);

    /// <summary>The length that is least off; the shorter of two that are equally far off.</summary>
    /// <param name="lengths">What is kept, shortest first; at least one.</param>
    /// <param name="range">Length of the time axis.</param>
    /// <param name="rowsPerDay">Predictions of a day; 0 when nobody knows.</param>
    public static TimeSpan Of(IReadOnlyList<TimeSpan> lengths, TimeSpan range, double rowsPerDay) =>
        lengths.MinBy(length => Off(range / length) + Thin(rowsPerDay * length.TotalDays));

    // How many times too many or too few, as a logarithm: three times too many is as bad as three times too few.
    private static double Off(double points) =>
        points > MostPoints ? Math.Log(points / MostPoints)
        : points < FewestPoints ? Math.Log(FewestPoints / Math.Max(points, 0.1))
        : 0;

    private static double Thin(double rows) => rows is > 0 and < EnoughRows ? Math.Log(EnoughRows / rows) : 0;
}

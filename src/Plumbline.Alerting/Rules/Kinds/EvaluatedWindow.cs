using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>What a kind sees of a window: its point, and what it may be compared with.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Start">Start of the window.</param>
/// <param name="Length">Its length.</param>
/// <param name="Direction">Which way is bad: above, below or either.</param>
/// <param name="Point">The window's point; null only for kinds that judge by the clock.</param>
/// <param name="Normal">Mean of the first windows; null while they are learned, and for kinds that do not.</param>
/// <param name="Before">The point of the same scope so long before.</param>
/// <param name="OfVersion">The point of the same window and scope of another version.</param>
public sealed record EvaluatedWindow(
    Rule Rule,
    DateTimeOffset Start,
    TimeSpan Length,
    RuleDirection Direction,
    MetricPoint? Point,
    double? Normal,
    Func<TimeSpan, MetricPoint?> Before,
    Func<string, MetricPoint?> OfVersion
)
{
    internal static readonly TimeSpan Week = TimeSpan.FromDays(7);
    internal static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>A value that can be compared with; null when the point has none that counts.</summary>
    public static double? Usable(MetricPoint? point) => point is { Status: MetricStatus.Ok } ? point.Value : null;

    /// <summary>The same hour a week before; where that is missing, a day before.</summary>
    public double? PreviousPeriod(Func<MetricPoint?, double?> value) => value(Before(Week)) ?? value(Before(Day));

    /// <summary>Whether the whole interval of the point lies on the bad side of a limit.</summary>
    public bool IsBeyond(double low, double high)
    {
        var (lower, upper) = (Point!.Lower ?? Point.Value!.Value, Point.Upper ?? Point.Value!.Value);
        return (Direction is RuleDirection.Above or RuleDirection.Either && lower > high)
            || (Direction is RuleDirection.Below or RuleDirection.Either && upper < low);
    }
}

/// <summary>What a kind says of a window.</summary>
/// <param name="IsSuspicious">Null when there is nothing to compare with.</param>
/// <param name="Expected">What it was compared with.</param>
/// <param name="Reason">Why there is nothing to compare with.</param>
public readonly record struct WindowVerdict(bool? IsSuspicious, double? Expected, string? Reason = null)
{
    /// <summary>There is nothing to compare with.</summary>
    public static WindowVerdict None(string reason) => new(null, null, reason);
}

/// <summary>What the words of a rule need to know of its model.</summary>
/// <param name="Metric">Unit of the metric.</param>
/// <param name="Window">Length of the windows: "1h".</param>
/// <param name="Lasting">How long: "in 2 windows of 1h in a row".</param>
public sealed record RuleUnits(string Metric, string Window, string Lasting);

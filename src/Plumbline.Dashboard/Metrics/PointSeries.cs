using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Dashboard.Metrics;

/// <summary>From metric points to lines of a chart.</summary>
public static class PointSeries
{
    /// <summary>The line of one metric (and feature, and class); windows without a point become gaps.</summary>
    public static ChartSeries Of(
        IEnumerable<MetricPoint> points,
        string metric,
        string name,
        string colour = "--chart-line",
        string feature = "",
        string @class = "",
        bool dashed = false
    ) =>
        new(
            name,
            WithGaps([
                .. points
                    .Where(point => point.Metric == metric && point.Feature == feature && point.Class == @class)
                    .OrderBy(point => point.WindowStart)
                    .Select(Of),
            ]),
            colour,
            dashed
        )
        {
            Compared = points is ComparedPoints both
                ? Of(both.Other, metric, $"{name}, {both.Words}", colour, feature, @class) with
                {
                    Quiet = true,
                }
                : null,
        };

    public static ChartPoint Of(MetricPoint point) =>
        new(point.WindowStart, point.WindowEnd, point.Value, point.Lower, point.Upper, point.N, (PointState)(int)point.Status);

    /// <summary>Puts an empty window wherever some are missing: a gap must stay a gap, not become a straight line.</summary>
    public static IReadOnlyList<ChartPoint> WithGaps(IReadOnlyList<ChartPoint> points)
    {
        var filled = new List<ChartPoint>(points.Count);
        foreach (var point in points)
        {
            if (filled.Count > 0 && filled[^1].End < point.Start)
                filled.Add(new ChartPoint(filled[^1].End, point.Start, null, null, null, 0, PointState.InsufficientRows));
            filled.Add(point);
        }
        return filled;
    }
}

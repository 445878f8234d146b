using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Segments;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Segments in words.</summary>
internal static class SegmentWords
{
    /// <summary>What a table can be split by; null stands for all dimensions together.</summary>
    public static IReadOnlyList<string?> Dimensions(ModelDefinition model) =>
        [null, .. Exclusive(model), .. model.Slices.IsEmpty ? Array.Empty<string>() : [WatchedSlice.Dimension]];

    /// <summary>
    /// The dimensions of which a row belongs to at most one segment, so that changes can be taken apart by them; slices overlap.
    /// </summary>
    public static IReadOnlyList<string> Exclusive(ModelDefinition model) =>
        [.. model.Segments, .. model.Crosses.Select(cross => cross.Key)];

    /// <summary>A metric as the head of a column.</summary>
    public static string Name(string metric) => KnownMetrics.Of(metric).Heading;

    /// <summary>Whether the interval of a change leaves 0 out.</summary>
    public static bool Certain(SegmentMetric metric) => metric is { ChangeLower: > 0 } or { ChangeUpper: < 0 };

    /// <summary>A change with its sign.</summary>
    public static string Change(SegmentMetric metric, string unit) =>
        metric.Change is not { } change ? "\u2013"
        : unit is "share" ? $"{Signed(change * 100)} points"
        : Signed(change);

    /// <summary>The 95 % interval of a change; empty where there is none.</summary>
    public static string ChangeInterval(SegmentMetric metric, string unit)
    {
        var scale = unit is "share" ? 100 : 1;
        return metric is { Change: not null, ChangeLower: { } lower, ChangeUpper: { } upper }
            ? $"{Signed(lower * scale)} .. {Signed(upper * scale)}"
            : "";
    }

    /// <summary>Everything that is known of a number.</summary>
    public static string Title(SegmentMetric metric, string unit) =>
        metric.Value is null
            ? "Not enough data: fewer than 30 rows in each window."
            : $"95 % {Figures.Format(metric.Lower, unit)} .. {Figures.Format(metric.Upper, unit)}; "
                + $"own value {Figures.Format(metric.Raw, unit)}, n {Figures.Count(metric.Rows)}; "
                + (metric.Before is null ? "not there before" : Before(metric, unit));

    private static string Before(SegmentMetric metric, string unit) =>
        $"before {Figures.Format(metric.Before, unit)}, "
        + $"change 95 % {Figures.Format(metric.ChangeLower, unit)} .. {Figures.Format(metric.ChangeUpper, unit)}";

    private static string Signed(double value) => (value >= 0 ? "+" : "\u2212") + Figures.Format(Math.Abs(value));
}

using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>A metric of the page, of what it is compared with, and how far the two are apart.</summary>
/// <param name="Definition">The metric.</param>
/// <param name="Of">The feature or class that it is about; empty for all.</param>
/// <param name="Own">Over the windows of the page, with its 95 % interval where one is defined.</param>
/// <param name="Other">Over those of the other side.</param>
/// <param name="Difference">The first minus the second.</param>
public sealed record ComparedMetric(MetricDefinition Definition, string Of, Estimate Own, Estimate Other, Estimate Difference)
{
    /// <summary>Whether the interval of the difference leaves 0 out.</summary>
    public bool Certain => Difference is { Lower: > 0 } or { Upper: < 0 };
}

/// <summary>Two sides of a page in numbers.</summary>
public static class ComparedMetrics
{
    /// <summary>Rows below which a number is noise.</summary>
    private const int Fewest = 30;

    /// <summary>The tabs whose charts are compared.</summary>
    public static IReadOnlyList<string> Tabs { get; } =
    ["", Links.Inputs, Links.Outputs, Links.Performance, Links.Outcomes, Links.Segments];

    /// <summary>The metrics that a tab shows.</summary>
    public static IReadOnlyList<MetricDefinition> Shown(ModelDefinition model, string tab)
    {
        var all = KnownMetrics.AllOf(model).Where(metric => metric.AppliesTo(model));
        return tab switch
        {
            Links.Inputs => [.. all.Where(metric => metric.Name is PopulationStabilityIndex.Name or InputMetrics.MissingRate)],
            Links.Outputs => [.. all.Where(metric => metric.Layer == MetricLayer.Outputs)],
            Links.Performance => [.. all.Where(metric => IsPerformance(metric.Name))],
            Links.Segments => [.. KnownMetrics.SegmentColumns(model)],
            Links.Outcomes => [.. all.Where(metric => metric.Layer == MetricLayer.Outcomes && !IsPerformance(metric.Name))],
            _ =>
            [
                .. new[] { SystemMetrics.Requests, SystemMetrics.ErrorRate, SystemMetrics.TimeoutRate, SystemMetrics.LatencyP95 }
                    .Concat([OutputMetrics.TopShare, OutputMetrics.Confidence, OutputMetrics.Mean])
                    .Concat(KnownMetrics.SegmentColumns(model).Select(metric => metric.Name))
                    .Distinct(StringComparer.Ordinal)
                    .Select(name => KnownMetrics.Find(model, name))
                    .OfType<MetricDefinition>(),
            ],
        };
    }

    /// <summary>
    /// A line for each metric, feature and class that one of the sides has; those that certainly differ first, each kind in the order of
    /// the metrics.
    /// </summary>
    public static IReadOnlyList<ComparedMetric> Compare(IReadOnlyList<MetricDefinition> metrics, ComparedPoints points)
    {
        var own = points.ToLookup(Key);
        var other = points.Other.ToLookup(Key);
        var places = metrics.Select((metric, place) => (metric.Name, place)).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. own.Select(group => group.Key)
                .Union(other.Select(group => group.Key))
                .Select(key => Line(metrics[places[key.Metric]], key, own[key], other[key]))
                .Where(line => line.Own.IsOk || line.Other.IsOk)
                .OrderByDescending(line => line.Certain)
                .ThenBy(line => places[line.Definition.Name])
                .ThenBy(line => line.Of, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a number is an amount per window: then windows are averaged, and there is no interval.</summary>
    public static bool IsPerWindow(MetricDefinition metric) =>
        metric.Unit is "rows" or "requests" or "count" || metric.Name.EndsWith(".sum", StringComparison.Ordinal);

    private static ComparedMetric Line(
        MetricDefinition metric,
        (string Metric, string Feature, string Class) key,
        IEnumerable<MetricPoint> own,
        IEnumerable<MetricPoint> other
    )
    {
        var (a, b) = (Whole(metric, own), Whole(metric, other));
        return new ComparedMetric(metric, key.Class.Length > 0 ? key.Class : key.Feature, a, b, DifferenceInterval.Of(a, b));
    }

    /// <summary>All windows of a side together; those that are open or cannot be judged are left out.</summary>
    private static Estimate Whole(MetricDefinition metric, IEnumerable<MetricPoint> points)
    {
        List<MetricPoint> known = [.. points.Where(point => point is { Value: not null, Status: MetricStatus.Ok })];
        if (IsPerWindow(metric) && known.Count > 0)
            return Estimate.Of(known.Average(point => point.Value!.Value), known.Sum(point => point.N));
        if (PointMean.Of(known) is not { } mean)
            return Estimate.Insufficient(0, null, "no window of this range could be judged");
        // A share of the rows is a count of them: their counts add up, and their interval is that of all rows.
        var whole =
            metric.Interval == "Wilson" ? Wilson.Proportion(Math.Clamp(mean.Value, 0, 1) * mean.Rows, mean.Rows)
            : mean.Variance > 0 ? Estimate.Of(mean.Value, mean.Rows).With(Confidence.Normal(mean.Value, Math.Sqrt(mean.Variance)))
            : Estimate.Of(mean.Value, mean.Rows);
        return whole.RequireAtLeast(Fewest);
    }

    private static (string Metric, string Feature, string Class) Key(MetricPoint point) => (point.Metric, point.Feature, point.Class);

    private static bool IsPerformance(string metric) =>
        metric.StartsWith(PerformanceMetrics.Prefix, StringComparison.Ordinal) || EstimatedMetrics.Contains(metric);
}

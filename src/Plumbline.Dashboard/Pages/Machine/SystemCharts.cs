using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Models;

namespace Plumbline.Dashboard.Pages.Machine;

/// <summary>One chart of those that stand below each other.</summary>
internal sealed record SystemChart(string Title, string Unit, double? Min, IReadOnlyList<ChartSeries> Lines)
{
    public IReadOnlyList<ChartThreshold> Thresholds { get; init; } = [];
}

/// <summary>All layers of a model below each other, from the machine to the performance; what has no number is left out.</summary>
internal static class SystemCharts
{
    private const string LargestDrift = "largest PSI of a feature";

    /// <summary>What they are made of.</summary>
    public static IEnumerable<string> Metrics(ModelDefinition model) =>
        MachineMetrics
            .All.Select(metric => metric.Name)
            .Concat([
                SystemMetrics.Requests,
                SystemMetrics.ErrorRate,
                SystemMetrics.TimeoutRate,
                SystemMetrics.LatencyP95,
                PopulationStabilityIndex.Name,
                KnownMetrics.MainOf(model),
            ])
            .Distinct(StringComparer.Ordinal);

    /// <summary>The charts, from above.</summary>
    public static IEnumerable<SystemChart> Of(ModelDefinition model, IReadOnlyList<MetricPoint> points)
    {
        var main = KnownMetrics.Of(KnownMetrics.MainOf(model));
        SystemChart[] all =
        [
            Together("Saturation", "share", [MachineMetrics.Cpu, MachineMetrics.Memory, MachineMetrics.Gpu, MachineMetrics.GpuMemory]),
            Together("Queue", "requests", [MachineMetrics.Queue]),
            Together("Times of the machine", "ms", [MachineMetrics.QueueTime, MachineMetrics.RequestTime]),
            Together("Throughput", "requests", [SystemMetrics.Requests]),
            Together("p95 latency", "ms", [SystemMetrics.LatencyP95]),
            Together("Errors and timeouts", "share", [SystemMetrics.ErrorRate, SystemMetrics.TimeoutRate, MachineMetrics.RequestErrors]),
            new("Drift of the inputs", "", 0, [Largest(points)]) { Thresholds = PsiBands.Lines },
            new("Drift of the answers", "", 0, [Answers(points)]) { Thresholds = PsiBands.Lines },
            new(main.Title, main.ChartUnit, null, [PointSeries.Of(points, main.Name, main.Title)]),
        ];
        return all.Where(chart => chart.Lines.Any(line => line.Points.Any(point => point.Value is not null)));

        SystemChart Together(string title, string unit, string[] metrics) =>
            new(
                title,
                unit,
                0,
                [
                    .. metrics
                        .Where(metric => points.Any(point => point.Metric == metric && point.Value is not null))
                        .Select(
                            (metric, place) =>
                                PointSeries.Of(points, metric, KnownMetrics.Of(metric).Title, Palette.At(place), dashed: place > 0)
                        ),
                ]
            );
    }

    private static ChartSeries Answers(IReadOnlyList<MetricPoint> points) =>
        PointSeries.Of(points, PopulationStabilityIndex.Name, "PSI of the answers", feature: PseudoFeatures.Prediction);

    private static ChartSeries Largest(IReadOnlyList<MetricPoint> points) =>
        PointSeries.Of(
            points
                .Where(point => point is { Metric: PopulationStabilityIndex.Name, Value: not null } && !point.Feature.StartsWith('@'))
                .GroupBy(point => point.WindowStart)
                .Select(window => window.MaxBy(point => point.Value)! with { Feature = "" }),
            PopulationStabilityIndex.Name,
            LargestDrift
        );
}

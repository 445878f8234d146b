using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Multivariate;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// Estimated beside realised performance: what is known before ground truth comes, and how far it was right when it came.
/// </summary>
public sealed partial class EstimatedPanel
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string[] Names =>
        Scope.Model.Task == ModelTask.Regression ? ["mae", "rmse"] : ["accuracy", "roc_auc", "f1", "precision", "recall"];

    private async Task<EstimateView> ReadAsync(CancellationToken cancellation)
    {
        string[] metrics =
        [
            .. Names.Select(name => EstimatedMetrics.Of(name)),
            .. Names.Select(name => PerformanceMetrics.Of(name)),
            EstimatedMetrics.Error,
            EstimatedMetrics.OutsideSupport,
            PerformanceMetrics.LabelCoverage,
        ];
        var points = await Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics), cancellation);
        // The classifier has days where it has no hours, and knows no scope.
        var drift = await Reader.ReadAsync(
            Scope.Model,
            Scope.Query(Scope.RankingWindow, MultivariateMetrics.DomainClassifier, MultivariateMetrics.Importance) with
            {
                Segment = "",
                Version = "",
            },
            cancellation
        );
        List<string> shown =
        [
            .. Names.Where(name => points.Any(point => point.Metric == EstimatedMetrics.Of(name) && point.Value is not null)),
        ];
        var main =
            shown.Contains("roc_auc") && points.Any(point => point.Metric == EstimatedMetrics.Error && point.Class == "roc_auc")
                ? "roc_auc"
                : Names[0];
        return new EstimateView
        {
            Gap = shown.Count > 0 ? null : (await Estimators.FindAsync(Scope.Model, cancellation)).Gap,
            Shown = shown,
            Main = main,
            Record = EstimateWords.Record(points, main),
            Warnings = EstimateWords.Warnings(points, drift, main),
            AloneSince = AloneSince(points),
            Lines = shown.ToDictionary(name => name, name => Lines(points, name), StringComparer.Ordinal),
            Error = points.Any(point => point.Metric == EstimatedMetrics.Error && point.Class == main)
                ? [PointSeries.Of(points, EstimatedMetrics.Error, "realised minus estimated", Palette.At(6), @class: main)]
                : null,
        };
    }

    private static ChartSeries[] Lines(IReadOnlyList<MetricPoint> points, string name) =>
        [
            PointSeries.Of(points, EstimatedMetrics.Of(name), "estimated", Palette.At(1), dashed: true),
            PointSeries.Of(points, PerformanceMetrics.Of(name), "realised"),
        ];

    /// <summary>Start of the newest stretch of windows without realised performance; null when the newest window has it.</summary>
    private DateTimeOffset? AloneSince(IReadOnlyList<MetricPoint> points)
    {
        var estimated = points
            .Where(point => point.Metric == EstimatedMetrics.Of(Names[0]) && point.Value is not null)
            .Select(point => point.WindowStart)
            .ToHashSet();
        var realised = points
            .Where(point => point.Metric == PerformanceMetrics.Of(Names[0]) && point.Value is not null)
            .Select(point => point.WindowStart)
            .ToHashSet();
        var last = realised.Count == 0 ? DateTimeOffset.MinValue : realised.Max();
        var alone = estimated.Where(start => start > last).ToList();
        return alone.Count == 0 ? null : alone.Min();
    }

    private static string Words(ChartSeries[] lines) =>
        string.Join(
            "; ",
            lines.Select(line =>
                line.Points.LastOrDefault(point => point.Value is not null) is { } last
                    ? $"{line.Name} {Figures.Format(last.Value)}"
                        + (last is { Lower: { } low, Upper: { } high } ? $" (95 % {Figures.Format(low)} .. {Figures.Format(high)})" : "")
                        + $" in its last window, n {Figures.Count(last.N)}"
                    : $"{line.Name}: waits for ground truth"
            )
        ) + ".";

    private static string Lower(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private sealed record EstimateView
    {
        public EstimatorGap? Gap { get; init; }
        public required List<string> Shown { get; init; }
        public required string Main { get; init; }
        public string? Record { get; init; }
        public required IReadOnlyList<string> Warnings { get; init; }
        public DateTimeOffset? AloneSince { get; init; }
        public required Dictionary<string, ChartSeries[]> Lines { get; init; }
        public ChartSeries[]? Error { get; init; }
    }
}

using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>How right the model is, estimated and realised.</summary>
public sealed partial class PerformanceTab
{
    private const string Coverage = PerformanceMetrics.LabelCoverage;
    private const string InTime = PerformanceMetrics.LabelledInTime;

    /// <summary>A matrix beyond this is no picture any more.</summary>
    private const int MostClasses = 20;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string[] Measures =>
        Scope.Model.Task == ModelTask.Regression
            ?
            [
                PerformanceMetrics.Mae,
                PerformanceMetrics.Rmse,
                PerformanceMetrics.Mape,
                PerformanceMetrics.Wmape,
                PerformanceMetrics.Smape,
                PerformanceMetrics.R2,
            ]
        : Scope.Model.Task == ModelTask.Multiclass
            ?
            [
                PerformanceMetrics.Accuracy,
                PerformanceMetrics.F1,
                PerformanceMetrics.F1AllClasses,
                PerformanceMetrics.Precision,
                PerformanceMetrics.Recall,
                PerformanceMetrics.RocAuc,
                PerformanceMetrics.LogLoss,
            ]
        :
        [
            PerformanceMetrics.Accuracy,
            PerformanceMetrics.F1,
            PerformanceMetrics.Precision,
            PerformanceMetrics.Recall,
            PerformanceMetrics.RocAuc,
            PerformanceMetrics.LogLoss,
        ];

    /// <summary>Points of windows that still wait for ground truth are marked as not complete, however well they look.</summary>
    private async Task<IReadOnlyList<MetricPoint>> ReadAsync(CancellationToken cancellation)
    {
        string[] metrics = [.. Measures, .. Measures.Select(EstimateOf), Coverage, InTime];
        var points = await Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics), cancellation);
        if (await Maturity.MatureAgeAsync(Scope.Model, cancellation) is not { } age)
            return points;
        var mature = Time.GetUtcNow() - age;
        return ComparedPoints.Map(points, point => point.CompleteBefore(mature));
    }

    /// <summary>The next longer window, when most of the present ones have too few labels.</summary>
    private TimeSpan? Longer(IReadOnlyList<MetricPoint> points)
    {
        var main = points.Where(point => point.Metric == Measures[0]).ToList();
        var longer = Scope.Lengths.FirstOrDefault(length => length > Scope.Window());
        return longer != default && main.Count > 2 && main.Count(point => point.Value is not null) < main.Count / 3 ? longer : null;
    }

    private static bool IsDrawn(IReadOnlyList<MetricPoint> points, string measure) =>
        !DrawnAbove(points, measure) && points.Any(point => point.Metric == measure && point.Value is not null);

    /// <summary>Whether the measure has estimates here: then both are in one picture, in the panel above.</summary>
    private static bool DrawnAbove(IReadOnlyList<MetricPoint> points, string measure) =>
        points.Any(point => point.Metric == EstimateOf(measure) && point.Value is not null);

    private static string EstimateOf(string measure) => EstimatedMetrics.Of(measure[PerformanceMetrics.Prefix.Length..]);

    /// <summary>What has come, and what came within the declared delay where there is one.</summary>
    private static IReadOnlyList<ChartSeries> Labels(IReadOnlyList<MetricPoint> points)
    {
        var all = PointSeries.Of(points, Coverage, "with ground truth", Palette.At(7));
        return points.Any(point => point.Metric == InTime) ? [all, PointSeries.Of(points, InTime, "in time", Palette.At(2))] : [all];
    }

    private static string TooFew(IReadOnlyList<MetricPoint> points)
    {
        var all = points.Where(point => point.Metric == Coverage).Sum(point => point.N);
        return $"Not enough data: {Figures.Count(Labelled(points))} of {Figures.Count(all)} labels.";
    }

    private static MetricPoint? Newest(IReadOnlyList<MetricPoint> points, string measure) =>
        points.LastOrDefault(point => point.Metric == measure && point.Value is not null);

    private static double Labelled(IReadOnlyList<MetricPoint> points) =>
        points.Where(point => point.Metric == Coverage).Sum(point => (point.Value ?? 0) * point.N);

    private static string Labelled(OutcomePicture picture) =>
        $"{Figures.Count(picture.Labelled)} of {Figures.Count(picture.Predictions)} predictions have ground truth.";

    /// <summary>Two matrices beside each other take the whole width.</summary>
    private static string MatrixWidth(OutcomePictures view) =>
        view.Pictures.Compared ? "w12"
        : view.Own.Classes.Count > 10 ? "w12"
        : view.Own.Classes.Count > 4 ? "w7"
        : "w4";
}

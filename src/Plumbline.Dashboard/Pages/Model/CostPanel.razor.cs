using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What errors cost over time, realised and estimated.</summary>
public sealed partial class CostPanel
{
    private const string Realised = CostMetrics.RealizedPer1000;
    private const string Estimated = CostMetrics.EstimatedPer1000;
    private const string RealisedSum = CostMetrics.Realized;
    private const string EstimatedSum = CostMetrics.Estimated;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string Unit => Scope.Model.Cost?.Currency ?? "";

    private string Example =>
        Scope.Model.Task switch
        {
            ModelTask.Binary => """{"false_positive": 1, "false_negative": 25, "currency": "EUR"}""",
            ModelTask.Multiclass => """{"matrix": {"a": {"b": 2}, "b": {"a": 5}}, "currency": "EUR"}""",
            _ => """{"per_unit_of_error": 0.5, "currency": "EUR"}""",
        };

    private string Sum(IReadOnlyList<MetricPoint> points, string metric) =>
        Figures.Format(points.Where(point => point.Metric == metric).Sum(point => point.Value ?? 0), Unit);

    /// <summary>Cost of the range divided by its rows: windows of unequal traffic count by their rows.</summary>
    private string PerThousand(IReadOnlyList<MetricPoint> points, string metric)
    {
        var priced = points.Where(point => point.Metric == metric && point.Value is not null).ToList();
        return Figures.Format(1000 * priced.Sum(point => point.Value!.Value) / priced.Sum(point => point.N), Unit);
    }

    private static ChartSeries[] Lines(IReadOnlyList<MetricPoint> points) =>
        [
            PointSeries.Of(points, Realised, "realised"),
            .. points.Any(point => point.Metric == Estimated && point.Value is not null)
                ? (ChartSeries[])[PointSeries.Of(points, Estimated, "estimated", Palette.At(1), dashed: true)]
                : [],
        ];

    private Task<IReadOnlyList<MetricPoint>> ReadAsync(CancellationToken cancellation) =>
        Scope.Model.Cost is null
            ? Task.FromResult<IReadOnlyList<MetricPoint>>([])
            : Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), Realised, Estimated, RealisedSum, EstimatedSum), cancellation);
}

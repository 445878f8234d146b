using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Every drift measure of one feature: measures disagree, and each answers a question of its own.</summary>
public sealed partial class DriftMeasuresPanel
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Feature { get; set; } = "";

    private static IEnumerable<MetricDefinition> Measures => CalibratedDriftMetrics.All.Concat(DriftMetrics.All);

    private Task<IReadOnlyList<MetricPoint>> ReadAsync(CancellationToken cancellation) =>
        Scope.ReadAsync(
            Reader,
            Scope.Query(Scope.Window(), [.. Measures.Select(metric => metric.Name)]) with
            {
                Features = [Feature],
            },
            cancellation
        );

    private static IEnumerable<(MetricDefinition Metric, List<MetricPoint> Line, Beside? Other)> Lines(IReadOnlyList<MetricPoint> points) =>
        from metric in Measures
        let line = points.Where(point => point.Metric == metric.Name).OrderBy(point => point.WindowStart).ToList()
        where line.Count > 0
        select (metric, line, (points as ComparedPoints)?.Other is { } other ? BesideOf(line, other, metric.Name) : null);

    /// <summary>What the page is compared with, under the windows that are drawn.</summary>
    private static Beside BesideOf(List<MetricPoint> line, IReadOnlyList<MetricPoint> other, string metric)
    {
        var values = other
            .Where(point => point.Metric == metric && point.Value is not null)
            .ToDictionary(point => point.WindowStart, point => point.Value);
        return new Beside(
            [.. line.Where(point => point.Value is not null).Select(point => values.GetValueOrDefault(point.WindowStart))],
            values.Count == 0 ? null : values.MaxBy(pair => pair.Key).Value
        );
    }

    private sealed record Beside(IReadOnlyList<double?> Windows, double? Newest);

    private static string Interval(MetricPoint point, string unit) =>
        point.Lower is null ? "\u2013" : $"{Figures.Format(point.Lower, unit)} .. {Figures.Format(point.Upper, unit)}";
}

using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Are the probabilities still what comes true? Over time; the curve of the whole range is under "Error breakdown".</summary>
public sealed partial class CalibrationOverTime
{
    private static readonly string[] Metrics = [PerformanceMetrics.Ece, PerformanceMetrics.Brier];

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<CalibrationView> ReadAsync(CancellationToken cancellation)
    {
        var points = await Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), Metrics), cancellation);
        return new CalibrationView([
            .. Metrics
                .Where(metric => points.Any(point => point.Metric == metric && point.Value is not null))
                .Select(metric => (metric, new[] { PointSeries.Of(points, metric, KnownMetrics.Of(metric).Title) })),
        ]);
    }

    private sealed record CalibrationView(IReadOnlyList<(string Metric, ChartSeries[] Line)> Lines);
}

using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>The four layers on one time axis, so that cause and effect line up.</summary>
public sealed partial class SummaryTab
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string WindowWords => DurationText.Format(Scope.Window());

    private LayerHealth Layer(MetricLayer layer) => Scope.Overview.Layers.First(health => health.Layer == layer);

    private Task<IReadOnlyList<MetricPoint>> ReadAsync(string[] metrics, string[]? features, CancellationToken cancellation) =>
        Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics) with { Features = features }, cancellation);

    private Task<IReadOnlyList<MetricPoint>> ReadSystemAsync(CancellationToken cancellation) =>
        ReadAsync(
            [SystemMetrics.Requests, SystemMetrics.ErrorRate, SystemMetrics.TimeoutRate, SystemMetrics.LatencyP95],
            null,
            cancellation
        );

    private Task<IReadOnlyList<MetricPoint>> ReadOutputsAsync(CancellationToken cancellation) =>
        ReadAsync(
            [PopulationStabilityIndex.Name, OutputMetrics.TopShare, OutputMetrics.Mean],
            ["", PseudoFeatures.Prediction, PseudoFeatures.Score],
            cancellation
        );

    private static IReadOnlyList<ChartSeries> Failures(IReadOnlyList<MetricPoint> points) =>
        [
            PointSeries.Of(points, SystemMetrics.ErrorRate, "errors", Palette.At(1)),
            PointSeries.Of(points, SystemMetrics.TimeoutRate, "timeouts", Palette.At(3), dashed: true),
        ];

    private string WhyNoDrift =>
        Scope.Overview.Baseline is null
            ? "There is no reference yet: upload one to /v1/models/NAME/reference, or wait for the first complete days, "
                + "of 1,000 rows together."
            : "No window of this range has enough rows.";

    private static string Words(WindowDrift window) =>
        $"Largest PSI of a feature: {Figures.Format(window.Largest)} ({window.Feature}) in the last window, "
        + $"n {Figures.Count(window.N)}; {Figures.Count(window.Moved)} features from {Figures.Format(PsiBands.Moderate)}.";

    private async Task<LargestView> LargestAsync(CancellationToken cancellation)
    {
        const string name = "largest PSI of a feature";
        var query = Scope.Query(Scope.Window(), PopulationStabilityIndex.Name);
        var windows = await Ranking.ReadLargestAsync(Scope.Model, query, PsiBands.Moderate, cancellation);
        var line = new ChartSeries(name, Points(windows, TimeSpan.Zero));
        if (Scope.Compared is not { } with)
            return new LargestView(windows, line);
        var other = await Ranking.ReadLargestAsync(Scope.Model, with.Of(query), PsiBands.Moderate, cancellation);
        return new LargestView(
            windows,
            line with
            {
                Compared = new ChartSeries($"{name}, {with.Words}", Points(other, with.Earlier)) { Quiet = true },
            }
        );
    }

    private static IReadOnlyList<ChartPoint> Points(IReadOnlyList<WindowDrift> windows, TimeSpan earlier) =>
        PointSeries.WithGaps([
            .. windows.Select(window => new ChartPoint(
                window.Start + earlier,
                window.End + earlier,
                window.Largest,
                null,
                null,
                window.N,
                PointState.Ok
            )),
        ]);

    private sealed record LargestView(IReadOnlyList<WindowDrift> Windows, ChartSeries Line);
}

using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
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

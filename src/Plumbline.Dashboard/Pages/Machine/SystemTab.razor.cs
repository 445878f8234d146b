using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Machine;

/// <summary>Layer 1 of a model: the service and its machine, beside everything that may follow from them.</summary>
public sealed partial class SystemTab
{
    private const int Days = 30;
    private const int MostMoves = 12;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private Task<IReadOnlyList<FirstMove>> ReadMovesAsync(CancellationToken cancellation) =>
        Moves.FindAsync(Scope.Model, Scope.From, Scope.To, cancellation);

    private Task<IReadOnlyList<MetricPoint>> ReadLayersAsync(CancellationToken cancellation) =>
        Reader.ReadAsync(
            Scope.Model,
            // What is pulled of the machine has windows of the model's own length.
            Scope.Query(Scope.Model.Window, [.. SystemCharts.Metrics(Scope.Model)]) with
            {
                Version = "",
                Segment = "",
            },
            cancellation
        );

    private async Task<LatencyView> ReadLatencyAsync(CancellationToken cancellation)
    {
        var window = Scope.Window();
        var profiles = await Profiles.ReadAsync(
            Scope.Model,
            Scope.From,
            Scope.To,
            new ProfileQuery
            {
                Features = [PseudoFeatures.LatencyMs],
                SegmentKey = "",
                Version = Scope.Version.Length == 0 ? null : Scope.Version,
            },
            cancellation
        );
        string[] quantiles = [SystemMetrics.LatencyP50, SystemMetrics.LatencyP95, SystemMetrics.LatencyP99];
        var points = await Reader.ReadAsync(Scope.Model, Scope.Query(window, quantiles) with { Segment = "" }, cancellation);
        return new LatencyView(
            LatencyBands.Of(profiles, window),
            [
                PointSeries.Of(points, SystemMetrics.LatencyP50, "p50"),
                PointSeries.Of(points, SystemMetrics.LatencyP95, "p95", Palette.At(1)),
                PointSeries.Of(points, SystemMetrics.LatencyP99, "p99", Palette.At(3)),
            ]
        );
    }

    private static string Name(FirstMove move)
    {
        var title = KnownMetrics.Of(move.Metric).Title;
        return move.Feature.Length == 0 ? title
            : move.Feature.StartsWith('@') ? $"{title} of the answers"
            : $"{title} of {move.Feature}";
    }

    private static string Lead(FirstMove move) => move.Lead > TimeSpan.Zero ? Figures.Span(move.Lead) : "\u2013";

    private static string Number(FirstMove move, double value) => Figures.Format(value, KnownMetrics.Of(move.Metric).KnownUnit);

    private static string Percent(double share) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share * 100:0.###} %");

    private static string BudgetOf(VersionAvailability version) =>
        version.Budget > 0 ? Figures.Format(version.Budget, "share") : $"used up {Figures.Format(1 - version.Budget)} times over";

    private static HealthState StateOf(VersionAvailability version) =>
        version.Budget switch
        {
            <= 0 => HealthState.Bad,
            < 0.25 => HealthState.Watch,
            _ => HealthState.Ok,
        };

    private sealed record LatencyView(IReadOnlyList<LatencyCell> Cells, IReadOnlyList<ChartSeries> Lines);
}

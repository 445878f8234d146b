using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Signals;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What the business says about predictions, over time.</summary>
public sealed partial class SignalsPanel
{
    /// <summary>Signals with a picture.</summary>
    private const int Most = 8;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<SignalsView> ReadAsync(CancellationToken cancellation)
    {
        var fates = await Report.ReadAsync(Scope.Model, Scope.From, Scope.To, cancellation);
        string[] metrics = [.. fates.Signals.Take(Most).Select(fate => BusinessMetrics.MainOf(fate.Signal!))];
        if (metrics.Length == 0)
            return new SignalsView(fates, []);
        var mature = fates
            .Signals.Take(Most)
            .ToDictionary(
                fate => BusinessMetrics.MainOf(fate.Signal!),
                fate => Time.GetUtcNow() - fate.Signal!.AttributionWindow,
                StringComparer.Ordinal
            );
        var points = await Scope.ReadAsync(Reader, Scope.Query(Scope.Window(), metrics), cancellation);
        return new SignalsView(fates, ComparedPoints.Map(points, point => point.CompleteBefore(mature[point.Metric])));
    }

    private static string Unit(SignalDefinition signal) => signal.Kind == SignalKind.Rate ? "share" : signal.Unit;

    private static string Words(SignalDefinition signal) =>
        signal.Kind switch
        {
            SignalKind.Rate => "share of predictions",
            SignalKind.Sum => "sum",
            SignalKind.Duration => "mean duration",
            _ => "mean",
        }
        + signal.UpIsGood switch
        {
            true => ", more is good",
            false => ", less is good",
            _ => "",
        }
        + (signal.Declared ? "" : ", not declared")
        + $", within {Figures.Span(signal.AttributionWindow)}";

    private sealed record SignalsView(SignalFates Fates, IReadOnlyList<MetricPoint> Points)
    {
        /// <summary>The signals that have something to draw.</summary>
        public IEnumerable<SignalFate> Drawn =>
            Fates
                .Signals.Take(Most)
                .Where(fate => Points.Any(point => point.Metric == BusinessMetrics.MainOf(fate.Signal!) && point.Value is not null));
    }
}

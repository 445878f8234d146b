using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Outcomes.Maturity;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>How soon, and how completely, ground truth comes.</summary>
public sealed partial class GroundTruthPanel
{
    /// <summary>Classes with a line of their own.</summary>
    private const int Most = 8;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<TruthView> ReadAsync(CancellationToken cancellation)
    {
        var maturity = await Scope.OfAllRows.BothAsync(side => Maturity.ReadAsync(side.Model, side.From, side.To, cancellation));
        var points = await Scope.ReadAsync(
            Reader,
            Scope.Query(Scope.Window(), PerformanceMetrics.TruthShare, PerformanceMetrics.TruthMean),
            cancellation
        );
        var classes = points
            .Where(point => point is { Class.Length: > 0, Value: not null })
            .GroupBy(point => point.Class, StringComparer.Ordinal)
            .OrderByDescending(group => group.Average(point => point.Value!.Value))
            .Select(group => group.Key)
            .ToList();
        // Of two classes one says all.
        if (Scope.Model.Task == ModelTask.Binary)
            classes = [.. classes.Where(name => name == Scope.Model.EffectivePositiveClass)];
        ChartSeries[] lines =
            Scope.Model.Task == ModelTask.Regression
                ? points.Any(point => point.Value is not null)
                    ? [PointSeries.Of(points, PerformanceMetrics.TruthMean, "mean")]
                    : []
                :
                [
                    .. classes
                        .Take(Most)
                        .Select(name =>
                            PointSeries.Of(points, PerformanceMetrics.TruthShare, name, Palette.Of(Scope.Model.Classes, name), @class: name)
                        ),
                ];
        return new TruthView(maturity.Own, maturity.Map(Coverage), lines);
    }

    private static IReadOnlyList<CurvePoint> Coverage(LabelMaturity maturity) =>
        [
            .. maturity.Coverage.Select(point => new CurvePoint(
                point.Age,
                Figures.Span(TimeSpan.FromHours(point.Age)),
                point.Share,
                Math.Max(0, point.Share - (1.96 * point.StandardError)),
                Math.Min(1, point.Share + (1.96 * point.StandardError))
            )),
        ];

    private static string Oldest(IReadOnlyList<CurvePoint> coverage) =>
        coverage.Count == 0
            ? Sides.Nothing
            : $"Of predictions that are {coverage[^1].Label} old, {Figures.Format(coverage[^1].Value, "share")} have ground truth.";

    private string Sentence(LabelMaturity maturity)
    {
        var some = $"{Figures.Count(maturity.Labelled)} of {Figures.Count(maturity.Predictions)} predictions have ground truth";
        if (maturity.MatureAge is not { } age || maturity.Eventually is not { } ever)
            return $"{some}: too few to learn how long it takes.";
        var declared = Scope.Model.LabelDelay is { } delay
            ? $" (declared: {Figures.Span(delay)}{(delay < age ? ", which is too soon: windows are judged before they are mature" : "")})"
            : "; no label_delay is declared, declare it so that rules wait that long";
        return $"{some}. {Figures.Format(ever, "share")} ever get it; half of that within {Figures.Span(maturity.Median ?? age)}, "
            + $"95 % within {Figures.Span(age)}{declared}.";
    }

    private sealed record TruthView(LabelMaturity Maturity, Sides<IReadOnlyList<CurvePoint>> Coverage, IReadOnlyList<ChartSeries> Truths);
}

using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What other thresholds would have cost, over the labelled rows.</summary>
public sealed partial class ThresholdPanel
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string Unit => Scope.Model.Cost?.Currency ?? "";

    private async Task<ThresholdView> ReadAsync(CancellationToken cancellation)
    {
        var advice = await Scope.OfAllRows.BothAsync(side => Advisor.ReadAsync(side.Model, side.From, side.To, cancellation));
        return new ThresholdView(advice, advice.Map(Curve));
    }

    private static IReadOnlyList<CurvePoint> Curve(ThresholdAdvice advice) =>
        [
            .. advice
                .Points.Where(point => point.Threshold <= 1 && point.CostPer1000.Value is not null)
                .Select(point => new CurvePoint(
                    point.Threshold,
                    Figures.Format(point.Threshold),
                    point.CostPer1000.Value!.Value,
                    point.CostPer1000.Lower,
                    point.CostPer1000.Upper
                )),
        ];

    private string Sentence(ThresholdAdvice advice)
    {
        if (advice.Cheapest is not { CostPer1000: { Value: { } cost } cheapest } best || advice.Own?.Value is not { } own)
            return advice.Gap ?? "";
        var saves = own - cost;
        var sure = advice.Own.Value.Lower > cheapest.Upper;
        var gain =
            saves <= 0 ? "no better"
            : sure ? $"{Figures.Format(saves, Unit)} less"
            : $"{Figures.Format(saves, Unit)} less, which may be chance";
        return $"The model's decisions cost {Figures.Format(own, Unit)} per 1,000 ({Figures.Count(advice.Rows)} labelled rows). "
            + $"A threshold of {Figures.Format(best.Threshold)} would have cost {Figures.Format(cost, Unit)} (95 % "
            + $"{Figures.Format(cheapest.Lower)} .. {Figures.Format(cheapest.Upper)}) and called "
            + $"{Figures.Format(best.PositiveShare, "share")} positive: "
            + $"{gain}. It was chosen on these rows, so expect a little less of it.";
    }

    private sealed record ThresholdView(Sides<ThresholdAdvice> Advice, Sides<IReadOnlyList<CurvePoint>> Curves);
}

using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>Are the probabilities what comes true? Mean predicted against observed, bin by bin.</summary>
public sealed partial class ReliabilityChart
{
    private object _description = new();
    private Sides<Reliability>? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public Sides<Reliability> Curves { get; set; } = null!;

    [Parameter]
    public int Height { get; set; } = 280;

    private static string Words(Reliability curve)
    {
        var worst = curve.Bins.MaxBy(bin => Math.Abs(bin.Rate - bin.Mean) * Math.Sqrt(bin.N));
        if (worst is null)
            return "No rows with ground truth in this range.";
        var tendency = worst.Rate < worst.Mean ? "too sure" : "too careful";
        return $"Calibration error {Figures.Format(curve.Error)} over {Figures.Count(curve.Bins.Sum(bin => bin.N))} "
            + $"rows; most telling where it says {Figures.Format(worst.Mean, "ratio")} and "
            + $"{Figures.Format(worst.Rate, "ratio")} come true "
            + $"({(worst.Lower <= worst.Mean && worst.Mean <= worst.Upper ? "within chance" : tendency)}).";
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Curves))
            return;
        _inputs = Curves;
        _description = new
        {
            Kind = "reliability",
            Points = Curves.Own.Bins,
            Compared = Curves.Compact(curve => new { Points = curve.Bins }),
        };
    }
}

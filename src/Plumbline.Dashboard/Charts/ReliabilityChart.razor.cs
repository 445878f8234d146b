using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>Are the probabilities what comes true? Mean predicted against observed, bin by bin.</summary>
public sealed partial class ReliabilityChart
{
    private object _description = new();
    private IReadOnlyList<ReliabilityBin>? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Only bins with rows.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ReliabilityBin> Bins { get; set; } = [];

    [Parameter]
    public double? ExpectedCalibrationError { get; set; }

    [Parameter]
    public int Height { get; set; } = 280;

    private string Words
    {
        get
        {
            var worst = Bins.MaxBy(bin => Math.Abs(bin.Rate - bin.Mean) * Math.Sqrt(bin.N));
            if (worst is null)
                return "No rows with ground truth in this range.";
            var tendency = worst.Rate < worst.Mean ? "too sure" : "too careful";
            return $"Calibration error {Figures.Format(ExpectedCalibrationError)} over {Figures.Count(Bins.Sum(bin => bin.N))} "
                + $"rows; most telling where it says {Figures.Format(worst.Mean, "ratio")} and "
                + $"{Figures.Format(worst.Rate, "ratio")} come true "
                + $"({(worst.Lower <= worst.Mean && worst.Mean <= worst.Upper ? "within chance" : tendency)}).";
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Bins))
            return;
        _inputs = Bins;
        _description = new { Kind = "reliability", Points = Bins };
    }
}

using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>A number of each row and window as a colour; a cell can be picked.</summary>
public sealed partial class HeatMap
{
    private const int RowHeight = 20;
    private object _description = new();
    private object? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What a cell's number is, for instance "drift (PSI)".</summary>
    [Parameter, EditorRequired]
    public string Measure { get; set; } = "";

    /// <summary>Names of the rows, by impact.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Rows { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<HeatCell> Cells { get; set; } = [];

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    [Parameter]
    public string Unit { get; set; } = "";

    [Parameter]
    public double Threshold { get; set; }

    /// <summary>The end of the colour scale; higher values keep its last colour.</summary>
    [Parameter]
    public double ScaleEnd { get; set; } = 1;

    [Parameter]
    public EventCallback<(string Row, DateTimeOffset Start)> OnPick { get; set; }

    private int Height => (Rows.Count * RowHeight) + 52;

    private string Words
    {
        get
        {
            var above = Cells.Where(cell => cell.Value >= Threshold).Select(cell => cell.Row).Distinct().Count();
            return $"{Measure} of {Figures.Count(Rows.Count)} features over time: {(above == 0 ? "none" : Figures.Count(above))} "
                + $"reached {Figures.Format(Threshold, Unit)}. Choose a cell to see the feature in that window.";
        }
    }

    protected override void OnParametersSet()
    {
        var inputs = (Rows, Cells, Range);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        _description = new
        {
            Kind = "heatmap",
            From = Range.From.ToUnixTimeMilliseconds(),
            To = Range.To.ToUnixTimeMilliseconds(),
            Unit,
            Threshold,
            Label = Measure,
            Max = ScaleEnd,
            Open = Cells.Any(cell => cell.Value > ScaleEnd),
            Rows,
            Cells = Cells.Select(cell =>
                new object?[]
                {
                    cell.Start.ToUnixTimeMilliseconds(),
                    cell.End.ToUnixTimeMilliseconds(),
                    cell.Row,
                    ChartPoint.Number(cell.Value),
                    cell.N,
                    (int)cell.State,
                }
            ),
        };
    }
}

using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>A value over another one, with its interval: what a threshold, a delay or a size makes of a number.</summary>
public sealed partial class CurveChart
{
    private object _description = new();
    private object? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<CurvePoint> Points { get; set; } = [];

    [Parameter, EditorRequired]
    public string XName { get; set; } = "";

    [Parameter, EditorRequired]
    public string YName { get; set; } = "";

    [Parameter]
    public string Unit { get; set; } = "";

    [Parameter]
    public double? Min { get; set; }

    [Parameter]
    public double? Max { get; set; }

    /// <summary>Points are equally far apart and called by their labels, whatever their X.</summary>
    [Parameter]
    public bool Evenly { get; set; }

    /// <summary>A place to point at, by its X.</summary>
    [Parameter]
    public (double X, string Label)? Mark { get; set; }

    [Parameter]
    public int Height { get; set; } = 180;

    protected override void OnParametersSet()
    {
        var inputs = (Points, Mark);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        _description = new
        {
            Kind = "curve",
            XName,
            YName,
            Unit,
            Min,
            Max,
            From = Points.Count == 0 ? 0 : At(0),
            To = Points.Count == 0 ? 1 : At(Points.Count - 1),
            Points = Points.Select(
                (point, place) =>
                    new object?[]
                    {
                        At(place),
                        ChartPoint.Number(point.Value),
                        ChartPoint.Number(point.Lower),
                        ChartPoint.Number(point.Upper),
                        point.Label,
                    }
            ),
            Ticks = Evenly ? Points.Select((point, place) => new { At = place, point.Label }) : null,
            Mark = Mark is { } mark ? new { At = Evenly ? Nearest(mark.X) : mark.X, mark.Label } : null,
        };
    }

    private double At(int place) => Evenly ? place : Points[place].X;

    private double Nearest(double x) => Enumerable.Range(0, Points.Count).MinBy(place => Math.Abs(Points[place].X - x));
}

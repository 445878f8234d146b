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
    public Sides<IReadOnlyList<CurvePoint>> Curves { get; set; } = null!;

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
        var inputs = (Curves, Mark);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        // Both sides lie on one axis, which has the places of either.
        List<CurvePoint> places =
        [
            .. Curves.Rows(curve => curve).Select(row => row.Row).DistinctBy(point => point.X).OrderBy(point => point.X),
        ];
        _description = new
        {
            Kind = "curve",
            XName,
            YName,
            Unit,
            Min,
            Max,
            From = places.Count == 0 ? 0 : At(places, places[0]),
            To = places.Count == 0 ? 1 : At(places, places[^1]),
            Points = Drawn(places, Curves.Own),
            Compared = Curves.Compact(curve => new { Points = Drawn(places, curve) }),
            Ticks = Evenly ? places.Select((point, place) => new { At = place, point.Label }) : null,
            Mark = Mark is { } mark ? new { At = Evenly ? Nearest(places, mark.X) : mark.X, mark.Label } : null,
        };
    }

    private IEnumerable<object?[]> Drawn(List<CurvePoint> places, IReadOnlyList<CurvePoint> curve) =>
        curve.Select(point =>
            new object?[]
            {
                At(places, point),
                ChartPoint.Number(point.Value),
                ChartPoint.Number(point.Lower),
                ChartPoint.Number(point.Upper),
                point.Label,
            }
        );

    private double At(List<CurvePoint> places, CurvePoint point) => Evenly ? places.FindIndex(place => place.X == point.X) : point.X;

    private static double Nearest(List<CurvePoint> places, double x) =>
        Enumerable.Range(0, places.Count).MinBy(place => Math.Abs(places[place].X - x));
}

using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>The trade between finding positives and false alarms over all thresholds, with the point where the model stands.</summary>
public sealed partial class RocChart
{
    private object _description = new();
    private Sides<RocCurve>? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public Sides<RocCurve> Curves { get; set; } = null!;

    [Parameter]
    public int Height { get; set; } = 280;

    private static string Words(RocCurve curve)
    {
        var area = curve.Area is { } known
            ? $"Area under the curve "
                + $"{Figures.Format(known.Value)}"
                + $"{(known.Lower is null ? "" : $" (95 % {Figures.Format(known.Lower)} .. {Figures.Format(known.Upper)})")}, "
                + $"n {Figures.Count(known.N)}."
            : "Area under the curve cannot be judged.";
        return curve.Operating is { } point
            ? $"{area} The model's own answers catch {Figures.Format(point.TruePositiveRate, "ratio")} of the positives at "
                + $"{Figures.Format(point.FalsePositiveRate, "ratio")} false alarms."
            : area;
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Curves))
            return;
        _inputs = Curves;
        _description = new
        {
            Kind = "roc",
            Points = Points(Curves.Own),
            Operating = Operating(Curves.Own),
            Compared = Curves.Compact(curve => new { Points = Points(curve), Operating = Operating(curve) }),
        };
    }

    private static IEnumerable<double[]> Points(RocCurve curve) =>
        curve.Points.Select(point =>
            new[] { point.FalsePositiveRate, point.TruePositiveRate, double.IsFinite(point.Threshold) ? point.Threshold : 1 }
        );

    private static object? Operating(RocCurve curve) =>
        curve.Operating is { } point
            ? new
            {
                X = point.FalsePositiveRate,
                Y = point.TruePositiveRate,
                Label = "the model's own answers",
            }
            : null;
}

using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>The trade between finding positives and false alarms over all thresholds, with the point where the model stands.</summary>
public sealed partial class RocChart
{
    private object _description = new();
    private IReadOnlyList<RocPoint>? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<RocPoint> Points { get; set; } = [];

    /// <summary>Area under the curve with its DeLong interval.</summary>
    [Parameter]
    public (double Value, double? Lower, double? Upper, long N)? Area { get; set; }

    /// <summary>Where the model itself stands: the rates of its own answers.</summary>
    [Parameter]
    public (double FalsePositiveRate, double TruePositiveRate)? Operating { get; set; }

    [Parameter]
    public int Height { get; set; } = 280;

    private string Words
    {
        get
        {
            var area = Area is { } known
                ? $"Area under the curve "
                    + $"{Figures.Format(known.Value)}"
                    + $"{(known.Lower is null ? "" : $" (95 % {Figures.Format(known.Lower)} .. {Figures.Format(known.Upper)})")}, "
                    + $"n {Figures.Count(known.N)}."
                : "Area under the curve cannot be judged.";
            return Operating is { } point
                ? $"{area} The model's own answers catch {Figures.Format(point.TruePositiveRate, "ratio")} of the positives at "
                    + $"{Figures.Format(point.FalsePositiveRate, "ratio")} false alarms."
                : area;
        }
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Points))
            return;
        _inputs = Points;
        _description = new
        {
            Kind = "roc",
            Points = Points.Select(point =>
                new[] { point.FalsePositiveRate, point.TruePositiveRate, double.IsFinite(point.Threshold) ? point.Threshold : 1 }
            ),
            Operating = Operating is { } point
                ? new
                {
                    X = point.FalsePositiveRate,
                    Y = point.TruePositiveRate,
                    Label = "the model's own answers",
                }
                : null,
        };
    }
}

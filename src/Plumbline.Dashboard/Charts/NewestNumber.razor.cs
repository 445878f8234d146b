using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>The newest number of a line, large, with its interval and its rows; with its colour where there are several lines.</summary>
public sealed partial class NewestNumber
{
    [Parameter, EditorRequired]
    public ChartSeries Line { get; set; } = null!;

    [Parameter]
    public string Unit { get; set; } = "";

    /// <summary>Whether its colour tells it from others.</summary>
    [Parameter]
    public bool Keyed { get; set; }

    private ChartPoint? Newest => Line.Points.LastOrDefault(point => point.Value is not null);

    private string Interval(ChartPoint point) =>
        point is { Lower: { } low, Upper: { } high } ? $"{Figures.Format(low, Unit)} .. {Figures.Format(high, Unit)}," : "";
}

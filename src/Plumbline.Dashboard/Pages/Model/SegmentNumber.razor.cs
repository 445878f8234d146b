using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>A number of a segment in one period, with its interval, its rows, and whether it was smoothed.</summary>
public sealed partial class SegmentNumber
{
    [Parameter, EditorRequired]
    public double? Value { get; set; }

    /// <summary>The segment's own value, before it was drawn towards all rows.</summary>
    [Parameter, EditorRequired]
    public double? Raw { get; set; }

    [Parameter, EditorRequired]
    public double? Lower { get; set; }

    [Parameter, EditorRequired]
    public double? Upper { get; set; }

    [Parameter, EditorRequired]
    public long Rows { get; set; }

    [Parameter]
    public string Unit { get; set; } = "";

    // Smoothing that no reader could see is not worth a mark.
    private bool Smoothed => Raw is not null && Figures.Format(Raw, Unit) != Figures.Format(Value, Unit);
}

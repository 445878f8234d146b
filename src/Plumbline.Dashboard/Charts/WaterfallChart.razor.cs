using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>Steps from one number to another: what each adds.</summary>
public sealed partial class WaterfallChart
{
    private object _description = new();
    private object? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<WaterfallStep> Steps { get; set; } = [];

    [Parameter]
    public string Unit { get; set; } = "";

    [Parameter]
    public bool LowerIsBetter { get; set; }

    /// <summary>Whether the steps lead from what the page is compared with to the page.</summary>
    [Parameter]
    public bool Compared { get; set; }

    [Parameter]
    public int Height { get; set; } = 220;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Steps))
            return;
        _inputs = Steps;
        // Zoomed to the steps: a change of a point of accuracy would not be seen on an axis from 0.
        var (low, high) = (
            Steps.Min(step => Math.Min(step.To, step.Total ? step.To : step.From)),
            Steps.Max(step => Math.Max(step.To, step.Total ? step.To : step.From))
        );
        var margin = Math.Max((high - low) * 0.25, Math.Abs(high) * 1e-3);
        _description = new
        {
            Kind = "waterfall",
            Unit,
            LowerIsBetter,
            Min = low - margin,
            Max = high + (margin / 2),
            Floor = low - margin,
            Steps,
        };
    }
}

using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>How values are spread: now, in the reference, and in what the page is compared with.</summary>
public sealed partial class DistributionChart
{
    private object _description = new();
    private IReadOnlyList<DistributionBin>? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public string? Summary { get; set; }

    [Parameter, EditorRequired]
    public IReadOnlyList<DistributionBin> Bins { get; set; } = [];

    /// <summary>Numeric bins are labelled sparsely; categories each have their name.</summary>
    [Parameter]
    public bool Numeric { get; set; }

    /// <summary>One of many small multiples: no legend, few ticks.</summary>
    [Parameter]
    public bool Small { get; set; }

    [Parameter]
    public int Height { get; set; } = 200;

    [Parameter]
    public string CurrentWords { get; set; } = "current";

    [Parameter]
    public string ReferenceWords { get; set; } = "reference";

    /// <summary>What the page is compared with; null when with nothing.</summary>
    [Parameter]
    public string? ComparedWords { get; set; }

    private string Words =>
        (Summary ?? ChartWords.Describe(Bins)) + (ComparedWords is null ? "" : $" B, {ComparedWords}: {ChartWords.DescribeCompared(Bins)}");

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Bins))
            return;
        _inputs = Bins;
        _description = new
        {
            Kind = "distribution",
            Numeric,
            Small,
            ComparedWords,
            Bins = Bins.Select(bin => new
            {
                bin.Label,
                bin.Title,
                Current = ChartPoint.Number(bin.Current) ?? 0,
                bin.CurrentCount,
                Reference = ChartPoint.Number(bin.Reference),
                bin.ReferenceCount,
                Compared = ChartPoint.Number(bin.Compared),
                bin.ComparedCount,
                bin.Edge,
            }),
        };
    }
}

using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>The shares of each name over time, stacked.</summary>
public sealed partial class ShareOverTime
{
    private object _description = new();
    private object? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Names { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Colours { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<ShareCell> Cells { get; set; } = [];

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    [Parameter]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    [Parameter]
    public int Height { get; set; } = 180;

    private string Words
    {
        get
        {
            if (Cells.Count == 0)
                return "No predictions in this range.";
            var last = Cells.GroupBy(cell => cell.Start).MaxBy(group => group.Key)!;
            double whole = Cells.Sum(cell => cell.Count),
                now = last.Sum(cell => cell.Count);
            var largest = last.MaxBy(cell => cell.Count)!;
            return $"{Names[largest.Series]} has {Figures.Share(largest.Count, now)} of the last window (n {Figures.Count(now)}), "
                + $"{Figures.Share(Cells.Where(cell => cell.Series == largest.Series).Sum(cell => cell.Count), whole)} of the whole range.";
        }
    }

    protected override void OnParametersSet()
    {
        var inputs = (Names, Cells, Range, Marks);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        _description = new
        {
            Kind = "share",
            From = Range.From.ToUnixTimeMilliseconds(),
            To = Range.To.ToUnixTimeMilliseconds(),
            Series = Names.Select((name, place) => new { Name = name, Colour = Colours[place] }),
            Marks = Marks.Select(mark => mark.Compact()),
            Cells = Stacked(),
        };
    }

    /// <summary>[start, end, from share, to share, series, rows of the window], stacked per window.</summary>
    private List<object[]> Stacked()
    {
        var stacked = new List<object[]>(Cells.Count);
        foreach (var window in Cells.GroupBy(cell => cell.Start))
        {
            double whole = window.Sum(cell => cell.Count),
                below = 0;
            if (whole == 0)
                continue;
            foreach (var cell in window.OrderBy(cell => cell.Series))
            {
                var above = below + (cell.Count / whole);
                stacked.Add([
                    cell.Start.ToUnixTimeMilliseconds(),
                    cell.End.ToUnixTimeMilliseconds(),
                    below,
                    above,
                    cell.Series,
                    (long)whole,
                ]);
                below = above;
            }
        }
        return stacked;
    }
}

using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>How long requests took: percentiles as lines over the share of requests in each stretch of time.</summary>
public sealed partial class LatencyChart
{
    private object _description = new();
    private object? _inputs;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<LatencyCell> Cells { get; set; } = [];

    /// <summary>The percentiles p50, p95 and p99.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ChartSeries> Lines { get; set; } = [];

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    [Parameter]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    [Parameter]
    public int Height { get; set; } = 200;

    private string Words =>
        Lines.Count == 0
            ? "No latencies in this range."
            : string.Join(" ", Lines.Take(2).Select(line => ChartWords.Describe(line.Name, line.Points, "ms")));

    private static string Stroke(int line) =>
        line switch
        {
            0 => "solid",
            1 => "dashed",
            _ => "dotted",
        };

    protected override void OnParametersSet()
    {
        var inputs = (Cells, Lines, Range, Marks);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        _description = new
        {
            Kind = "latency",
            From = Range.From.ToUnixTimeMilliseconds(),
            To = Range.To.ToUnixTimeMilliseconds(),
            Min = Cells.Count == 0 ? 1 : Cells.Min(cell => cell.LowerMs),
            Max = Cells.Count == 0 ? 1000 : Cells.Max(cell => cell.UpperMs),
            Peak = Cells.Count == 0 ? 1 : Cells.Max(cell => cell.Share),
            Lines = Lines.Select(line => new
            {
                line.Name,
                line.Colour,
                Points = line.Points.Select(point => point.Compact()),
            }),
            Marks = Marks.Select(mark => mark.Compact()),
            Cells = Cells.Select(cell =>
                new[] { cell.Start.ToUnixTimeMilliseconds(), cell.End.ToUnixTimeMilliseconds(), cell.LowerMs, cell.UpperMs, cell.Share }
            ),
        };
    }
}

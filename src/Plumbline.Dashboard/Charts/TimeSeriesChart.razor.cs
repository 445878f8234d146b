using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>Metrics over time, with their intervals, thresholds, marks, and what was normal in the reference.</summary>
public sealed partial class TimeSeriesChart
{
    /// <summary>The newest windows; the HTTP API has all.</summary>
    private const int MostRows = 200;

    /// <summary>Lines of a side that are told in words; a longer sentence is not listened to.</summary>
    private const int MostDescribed = 4;

    private object _description = new();
    private object? _inputs;

    /// <summary>The lines, then those of what the page is compared with.</summary>
    private IReadOnlyList<ChartSeries> _lines = [];
    private bool _banded;
    private bool _open;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public string? Summary { get; set; }

    [Parameter, EditorRequired]
    public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    [Parameter]
    public string Unit { get; set; } = "";

    [Parameter]
    public double? Min { get; set; }

    [Parameter]
    public double? Max { get; set; }

    [Parameter]
    public int Height { get; set; } = 160;

    [Parameter]
    public ReferenceBand? Reference { get; set; }

    [Parameter]
    public IReadOnlyList<ChartThreshold> Thresholds { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    private bool Compared => Series.Any(line => line.Compared is not null);

    /// <summary>What was said of the page, or where its lines stand; then the same of what it is compared with.</summary>
    private string Words =>
        string.Join(" ", (Summary is null ? Described(Series) : [Summary]).Concat(Described(_lines.Skip(Series.Count))));

    private IEnumerable<string> Described(IEnumerable<ChartSeries> lines) =>
        lines.Take(MostDescribed).Select(line => ChartWords.Describe(line.Name, line.Points, Unit));

    protected override void OnParametersSet()
    {
        // Drawn again only when the numbers are other ones, not whenever the page renders.
        var inputs = (Series, Range, Unit, Reference, Thresholds, Marks);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        _lines = [.. Series, .. Series.Select(line => line.Compared).OfType<ChartSeries>()];
        _banded = Series.Any(line => line.Points.Any(point => point.Lower is not null));
        _open = Series.Any(line => line.Points.Any(point => point.State == PointState.Incomplete));
        _description = new
        {
            Kind = "timeseries",
            From = Range.From.ToUnixTimeMilliseconds(),
            To = Range.To.ToUnixTimeMilliseconds(),
            Unit,
            Height,
            Min,
            Max,
            Series = _lines.Select(line => new
            {
                line.Name,
                line.Colour,
                line.Style,
                line.Quiet,
                Points = line.Points.Select(point => point.Compact()),
            }),
            Reference = Reference is null ? null : new { Reference.Lower, Reference.Upper },
            Thresholds = Thresholds.Select(level => new { level.Value, level.Label }),
            Marks = Marks.Select(mark => mark.Compact()),
            Incomplete = Series
                .SelectMany(line => line.Points)
                .Where(point => point.State == PointState.Incomplete)
                .Select(point => (Start: point.Start.ToUnixTimeMilliseconds(), End: point.End.ToUnixTimeMilliseconds()))
                .Distinct()
                .Select(window => new[] { window.Start, window.End }),
        };
    }

    /// <summary>The newest moments that any line has a point at.</summary>
    private IEnumerable<IGrouping<DateTimeOffset, ChartPoint>> Rows =>
        _lines.SelectMany(line => line.Points).GroupBy(point => point.Start).OrderByDescending(group => group.Key).Take(MostRows);

    private string Number(ChartPoint? point) =>
        point is null ? ""
        : point.Value is null ? ChartWords.StateWords(point.State)
        : Figures.Format(point.Value, Unit);
}

using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>The numbers of the page beside those of what it is compared with.</summary>
public sealed partial class ComparisonPanel
{
    /// <summary>Lines that a reader goes through; those that certainly differ come first.</summary>
    private const int Most = 40;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>The tab whose metrics are compared.</summary>
    [Parameter, EditorRequired]
    public string Tab { get; set; } = "";

    private Comparison With => Scope.Compared!;

    private string Own => With.WordsOfPage(Scope.Version, Scope.Segment);

    private string Independence =>
        BelongsToOwn ? "Rows of B are among those of A, so A without B is further away." : "Both sides are taken as independent.";

    /// <summary>Whether the page shows all, of which the other side is a part.</summary>
    private bool BelongsToOwn =>
        (With.Version is not null && Scope.Version.Length == 0) || (With.Segment is not null && Scope.Segment.Length == 0);

    private async Task<ComparisonView> ReadAsync(CancellationToken cancellation)
    {
        var metrics = ComparedMetrics.Shown(Scope.Model, Tab);
        var query = Scope.Query(Scope.Window(), [.. metrics.Select(metric => metric.Name)]);
        var points = (ComparedPoints)await Scope.ReadAsync(Reader, query, cancellation);
        return new ComparisonView(ComparedMetrics.Compare(metrics, points));
    }

    private string Name(ComparedMetric line)
    {
        var title = ComparedMetrics.IsPerWindow(line.Definition)
            ? $"{line.Definition.Title} per {DurationText.Format(Scope.Window())}"
            : line.Definition.Title;
        return line.Of.Length == 0 ? title : $"{line.Of}: {title}";
    }

    private static string Value(ComparedMetric line, Plumbline.Statistics.Estimate side) =>
        side.Value is { } value ? Figures.Format(value, line.Definition.ChartUnit) : "not enough data";

    private static string Interval(ComparedMetric line, Plumbline.Statistics.Estimate side) =>
        side is { Lower: { } lower, Upper: { } upper }
            ? $"{Figures.Format(lower, line.Definition.ChartUnit)} .. {Figures.Format(upper, line.Definition.ChartUnit)}"
            : "";

    private static string Change(ComparedMetric line, double change) =>
        change == 0 ? "0" : Figures.Difference(change, line.Definition.ChartUnit);

    private static string Between(ComparedMetric line) =>
        line.Difference is { Lower: { } lower, Upper: { } upper }
            ? Figures.IsPercent(line.Definition.ChartUnit)
                ? $"{Figures.Signed(lower * 100)} .. {Figures.Signed(upper * 100)}"
                : $"{Figures.Signed(lower)} .. {Figures.Signed(upper)}"
            : line.Difference.IsOk
                ? "no interval is defined"
                : "";

    private static string Summary(IReadOnlyList<ComparedMetric> lines)
    {
        var judged = lines.Count(line => line.Difference.Lower is not null);
        var certain = lines.Count(line => line.Certain);
        return judged == 0
            ? "No difference has an interval."
            : $"{Figures.Count(certain)} of {Figures.Count(judged)} differences with an interval leave 0 out, in bold; "
                + $"without any difference about {Figures.Format(Math.Round(judged * 0.05, 1))} would by chance.";
    }

    private sealed record ComparisonView(IReadOnlyList<ComparedMetric> Lines);
}

using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Report;

/// <summary>How good the predictions are, on the page.</summary>
internal sealed class PerformanceSection(StringBuilder html)
{
    // A larger matrix is not readable; the JSON has it.
    private const int LargestMatrix = 12;

    public void Write(ReportDocument report)
    {
        if (report.Performance is not { } performance)
            return;
        Line($"<h2>Predictions against ground truth ({performance.Task})</h2>");
        if (performance.Note is { } note)
            Line($"<div class=\"note\">{ReportPage.Text(note)}</div>");
        var (reference, current) = (performance.Reference, performance.Current);
        if ((reference ?? current) is not { } first)
            return;
        Line("<table><thead><tr><th></th><th class=\"n\">reference</th><th class=\"n\">current</th></tr></thead><tbody>");
        Row("rows with both", Count(reference), Count(current));
        var names = first.Metrics.Concat(current?.Metrics ?? []).Select(metric => metric.Name).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
            Row(name, Value(reference, name), Value(current, name));
        Line("</tbody></table><div class=\"two\">");
        Matrix("reference", reference);
        Matrix("current", current);
        Line("</div>");
    }

    private static string Count(PerformanceFacts? facts) => facts is null ? "–" : ReportPage.Rows(facts.Rows);

    private static string Value(PerformanceFacts? facts, string name) =>
        Figures.Format(facts?.Metrics.SingleOrDefault(metric => metric.Name == name)?.Value);

    private void Row(string what, string reference, string current) =>
        Line($"<tr><td>{ReportPage.Text(what)}</td><td class=\"n\">{reference}</td><td class=\"n\">{current}</td></tr>");

    private void Matrix(string side, PerformanceFacts? facts)
    {
        if (facts is not { Classes: { Count: > 0 and <= LargestMatrix } classes, Confusion: { } confusion })
            return;
        Line(
            $"<div class=\"scroll\"><p class=\"soft small\">{side}: true class in rows, predicted in columns</p>"
                + "<table class=\"matrix\"><tr><th></th>"
        );
        foreach (var name in classes)
            Line($"<th>{ReportPage.Text(name)}</th>");
        Line("</tr>");
        for (var row = 0; row < classes.Count; row++)
        {
            Line($"<tr><th>{ReportPage.Text(classes[row])}</th>");
            for (var column = 0; column < classes.Count; column++)
                Line($"<td{(row == column ? " class=\"hit\"" : "")}>{ReportPage.Rows(confusion[row][column])}</td>");
            Line("</tr>");
        }

        Line("</table></div>");
    }

    private void Line(string line) => html.Append(line).Append('\n');
}

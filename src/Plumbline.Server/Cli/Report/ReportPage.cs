using System.Globalization;
using System.Net;
using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Report;

/// <summary>A report as one HTML file: no script, nothing fetched from elsewhere, every text of the files encoded.</summary>
internal sealed class ReportPage(ReportDocument report)
{
    private readonly StringBuilder _html = new();

    public string Render()
    {
        Line("<!DOCTYPE html>");
        Line($"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(report.Title)}</title>");
        Line("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        Line("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        Line($"<style>{ReportStyle.Text}</style></head><body>");
        Head();
        Notes();
        new PerformanceSection(_html).Write(report);
        Overview();
        Line("<h2>Columns</h2>");
        for (var i = 0; i < report.Columns.Count; i++)
            new ColumnSection(_html, report).Write(report.Columns[i], i);
        Foot();
        Line("</body></html>");
        return _html.ToString();
    }

    /// <summary>A text of a file or of the command line, encoded.</summary>
    internal static string Text(string? text) => WebUtility.HtmlEncode(text) ?? "";

    internal static string Rows(long rows) => rows.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The word and the colour of what became of a column.</summary>
    internal static string Badge(ColumnStatus status) =>
        status switch
        {
            ColumnStatus.Drifted => "<span class=\"badge bad\">drifted</span>",
            ColumnStatus.ChangedType => "<span class=\"badge bad\">changed type</span>",
            ColumnStatus.NoValues => "<span class=\"badge bad\">no values</span>",
            ColumnStatus.Stable => "<span class=\"badge good\">stable</span>",
            _ => "<span class=\"badge\">not compared</span>",
        };

    private void Head()
    {
        var (reference, current) = (report.Reference, report.Current);
        Line($"<h1>{Text(report.Title)}</h1>");
        Line(
            $"<p class=\"soft key\"><span><i class=\"ref\"></i>reference: {Text(reference.File)}</span>"
                + $"<span><i class=\"cur\"></i>current: {Text(current.File)}</span>"
                + $"<span>made {report.Made.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</span></p>"
        );
        Line("<div class=\"tiles\">");
        Tile($"{report.Drifted} of {report.Judged}", report.Judged == 1 ? "column drifted" : "columns drifted");
        Tile(Figures.Format(report.Threshold), "threshold of the drift statistic");
        Tile(Rows(reference.Rows), $"rows, {Rows(reference.Columns)} columns in the reference");
        Tile(Rows(current.Rows), $"rows, {Rows(current.Columns)} columns in the current file");
        Line("</div>");
    }

    private void Tile(string value, string what) =>
        Line($"<div class=\"tile\"><b>{Text(value)}</b><span class=\"soft small\">{Text(what)}</span></div>");

    private void Notes()
    {
        if (report.MissingColumns.Count > 0)
            Note($"Missing in the current file: {Names(report.MissingColumns)}");
        if (report.NewColumns.Count > 0)
            Note($"New in the current file: {Names(report.NewColumns)}");
        foreach (var file in new[] { report.Reference, report.Current })
        {
            if (file.BrokenRows > 0)
            {
                Note(
                    $"{Rows(file.BrokenRows)} {(file.BrokenRows == 1 ? "row" : "rows")} of {file.File} could not be used: "
                        + string.Join("; ", file.FirstBroken)
                        + (file.BrokenRows > file.FirstBroken.Count ? "; .." : "")
                );
            }

            foreach (var note in file.Notes)
                Note($"{file.File}: {note}");
        }
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names);

    private void Note(string text) => Line($"<div class=\"note\">{Text(text)}</div>");

    private void Overview()
    {
        Line("<h2>Overview</h2><div class=\"scroll\"><table><thead><tr><th>Column</th><th>Drift</th><th class=\"n\">Statistic</th>");
        Line(
            "<th class=\"wide\"></th><th class=\"wide\">Type</th><th class=\"n\">Missing before</th><th class=\"n\">Missing now</th></tr>"
        );
        Line("</thead><tbody>");
        for (var i = 0; i < report.Columns.Count; i++)
        {
            var column = report.Columns[i];
            Line($"<tr><td class=\"name\"><a href=\"#c{i}\">{Text(column.Name)}</a></td><td>{Badge(column.Status)}</td>");
            Line($"<td class=\"n\">{Figures.Format(column.Drift?.Value)}</td><td class=\"wide\">{Meter(column)}</td>");
            Line($"<td class=\"wide\">{Text(column.Type ?? "no values")}</td>");
            Line($"<td class=\"n\">{Figures.Format(column.Reference.MissingShare, "share")}</td>");
            Line($"<td class=\"n\">{Figures.Format(column.Current.MissingShare, "share")}</td></tr>");
        }

        Line("</tbody></table></div>");
    }

    // Full at twice the threshold, so that half full is where a column counts as drifted.
    private string Meter(ColumnReport column)
    {
        if (column.Drift is not { } drift)
            return "";
        var share = Math.Clamp(drift.Value / (2 * report.Threshold), 0, 1);
        var colour = column.IsDrifted ? "meter bad" : "meter";
        return $"<div class=\"{colour}\"><i style=\"width:{(share * 100).ToString("0.#", CultureInfo.InvariantCulture)}%\"></i></div>";
    }

    private void Foot()
    {
        Line("<h2>How to read it</h2><div class=\"small soft\">");
        Line(
            $"<p>A column counts as drifted when its drift statistic is {Figures.Format(report.Threshold)} or more. For numbers that is "
                + "the Wasserstein distance: how far values moved on average, in standard deviations of the reference. For categories it "
                + "is the Jensen-Shannon distance between the shares: 0 when they are the same, 1 when no category is in both files. A "
                + "column whose type changed, or that lost or got all its values, counts as drifted too.</p>"
        );
        Line(
            "<p>Histograms have 30 bins of the same width between the half percent at either end; the outer bins hold what lies beyond. "
                + "With many rows a p-value says that something changed, not that it matters.</p>"
        );
        Line("<p>Made by Plumbline from the two files alone.</p></div>");
    }

    private void Line(string html) => _html.Append(html).Append('\n');
}

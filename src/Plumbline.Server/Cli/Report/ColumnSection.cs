using System.Globalization;
using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Report;

/// <summary>One column on the page: what changed in a picture and in numbers.</summary>
internal sealed class ColumnSection(StringBuilder html, ReportDocument report)
{
    public void Write(ColumnReport column, int place)
    {
        Line($"<section class=\"column\" id=\"c{place.ToString(CultureInfo.InvariantCulture)}\"><div class=\"head\">");
        Line($"<h3>{ReportPage.Text(column.Name)}</h3>{ReportPage.Badge(column.Status)}");
        Line($"<span class=\"soft small\">{ReportPage.Text(column.Type ?? "no values")}</span></div>");
        Statistics(column);
        if (column.Reason is { } reason)
            Line($"<p class=\"small\">{ReportPage.Text(reason)}</p>");
        Line("<div class=\"two\"><div>");
        if (column.Histogram is { } histogram)
            Line(ReportPictures.Of(histogram));
        else if (column.Categories is { Top.Count: > 0 } categories)
            Line(ReportPictures.Of(categories));
        else
            Line("<p class=\"soft small\">There is no picture of this column.</p>");
        Line("</div><div class=\"scroll\">");
        Facts(column);
        Line("</div></div>");
        if (column.Categories is { } changes)
        {
            Changes("New", changes.NewCount, changes.New, row => row.Current);
            Changes("Vanished", changes.VanishedCount, changes.Vanished, row => row.Reference);
        }

        Line("</section>");
    }

    private void Statistics(ColumnReport column)
    {
        if (column.Drift is not { } drift)
            return;
        Line(
            $"<p><b>{Figures.Format(drift.Value)}</b> {ReportPage.Text(drift.Name)}, threshold {Figures.Format(report.Threshold)}"
                + $"<span class=\"soft small\">{string.Concat(column.Others.Prepend(drift).Select(Small))}</span></p>"
        );

        string Small(Measured one) =>
            (one == drift ? "" : $" · {ReportPage.Text(one.Name)} {Figures.Format(one.Value)}")
            + (one.PValue is { } p ? $" (p {(p < 0.0001 ? "&lt; 0.0001" : Figures.Format(p))})" : "");
    }

    private void Facts(ColumnReport column)
    {
        var (old, now) = (column.Reference, column.Current);
        Line("<table><thead><tr><th></th><th class=\"n\">reference</th><th class=\"n\">current</th></tr></thead><tbody>");
        Fact("missing", Share(old), Share(now));
        Fact("different values", Unique(old), Unique(now));
        if (old.NotNumbers + now.NotNumbers > 0)
            Fact("not numbers", ReportPage.Rows(old.NotNumbers), ReportPage.Rows(now.NotNumbers));
        if (old.Infinite + now.Infinite > 0)
            Fact("infinite", ReportPage.Rows(old.Infinite), ReportPage.Rows(now.Infinite));
        if (old.Numbers is not null || now.Numbers is not null)
        {
            Number("mean", numbers => numbers.Mean);
            Number("standard deviation", numbers => numbers.StandardDeviation);
            Number("minimum", numbers => numbers.Minimum);
            Number("5 %", numbers => numbers.P05);
            Number("25 %", numbers => numbers.P25);
            Number("median", numbers => numbers.Median);
            Number("75 %", numbers => numbers.P75);
            Number("95 %", numbers => numbers.P95);
            Number("maximum", numbers => numbers.Maximum);
        }

        Line("</tbody></table>");

        void Number(string what, Func<NumberFacts, double?> of) => Fact(what, Of(old.Numbers, of), Of(now.Numbers, of));
    }

    private static string Of(NumberFacts? numbers, Func<NumberFacts, double?> of) => Figures.Format(numbers is null ? null : of(numbers));

    private static string Share(SideFacts side) => $"{Figures.Format(side.MissingShare, "share")} ({ReportPage.Rows(side.Missing)})";

    private static string Unique(SideFacts side) => (side.UniqueIsLeast ? "more than " : "") + ReportPage.Rows(side.Unique);

    private void Fact(string what, string reference, string current) =>
        Line($"<tr><td>{what}</td><td class=\"n\">{ReportPage.Text(reference)}</td><td class=\"n\">{ReportPage.Text(current)}</td></tr>");

    private void Changes(string what, long count, IReadOnlyList<CategoryRow> shown, Func<CategoryRow, long> rows)
    {
        if (count == 0)
            return;
        var names = string.Join(", ", shown.Select(row => $"{ReportPage.Text(Short(row.Category))} ({ReportPage.Rows(rows(row))})"));
        var more = count > shown.Count ? ", .." : "";
        Line($"<p class=\"small\"><b>{what} ({ReportPage.Rows(count)}):</b> {names}{more}</p>");
    }

    private static string Short(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 79), "…");

    private void Line(string line) => html.Append(line).Append('\n');
}

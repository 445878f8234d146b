using System.Globalization;
using System.Net;
using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Report;

/// <summary>Pictures as SVG inside the page; their colours are those of the style sheet, so that they follow light and dark.</summary>
internal static class ReportPictures
{
    private const int Width = 520;
    private const int Height = 190;
    private const int Foot = 20;
    private const int LongestLabel = 26;

    /// <summary>Two histograms over the same bins: the reference as an area, the current file as a line with a light area.</summary>
    public static string Of(Histogram histogram)
    {
        var highest = Math.Max(histogram.Reference.Max(), histogram.Current.Max());
        var svg = Open(Height, "Histograms of the reference and the current file");
        svg.Append(Invariant($"<line class=\"axis\" x1=\"0\" y1=\"{Height - Foot}\" x2=\"{Width}\" y2=\"{Height - Foot}\"/>"));
        svg.Append(Invariant($"<path class=\"ref area\" d=\"{Steps(histogram.Reference, highest)}Z\"/>"));
        svg.Append(Invariant($"<path class=\"cur area\" d=\"{Steps(histogram.Current, highest)}Z\"/>"));
        svg.Append(Invariant($"<path class=\"ref line\" d=\"{Steps(histogram.Reference, highest)}\"/>"));
        svg.Append(Invariant($"<path class=\"cur line\" d=\"{Steps(histogram.Current, highest)}\"/>"));
        Label(svg, 0, Height - 4, "start", Figures.Format(histogram.Edges[0]));
        Label(svg, Width / 2, Height - 4, "middle", Figures.Format((histogram.Edges[0] + histogram.Edges[^1]) / 2));
        Label(svg, Width, Height - 4, "end", Figures.Format(histogram.Edges[^1]));
        Label(svg, Width, 11, "end", $"highest bin {Figures.Format(highest, "share")}");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Two bars for each of the most frequent categories.</summary>
    public static string Of(CategoryChange categories)
    {
        const int row = 30;
        const int barsFrom = 178;
        const int barsTo = Width - 62;
        CategoryRow[] rows =
        [
            .. categories.Top,
            .. categories.Others.Reference + categories.Others.Current > 0 ? [categories.Others] : Array.Empty<CategoryRow>(),
        ];
        var (reference, current) = (Math.Max(1, rows.Sum(one => one.Reference)), Math.Max(1, rows.Sum(one => one.Current)));
        var highest = rows.Max(one => Math.Max((double)one.Reference / reference, (double)one.Current / current));
        var svg = Open(rows.Length * row, "Shares of categories in the reference and the current file");
        for (var i = 0; i < rows.Length; i++)
        {
            var name = ReferenceEquals(rows[i], categories.Others) ? "all others" : rows[i].Category;
            Label(svg, barsFrom - 8, i * row + 18, "end", Short(name), name);
            Bar(svg, i * row + 3, "ref", (double)rows[i].Reference / reference);
            Bar(svg, i * row + 15, "cur", (double)rows[i].Current / current);
        }

        return svg.Append("</svg>").ToString();

        void Bar(StringBuilder into, int top, string side, double share)
        {
            var length = highest > 0 ? share / highest * (barsTo - barsFrom) : 0;
            into.Append(
                Invariant($"<rect class=\"{side} bar\" x=\"{barsFrom}\" y=\"{top}\" width=\"{length:0.#}\" height=\"11\" rx=\"1\"/>")
            );
            Label(into, barsFrom + length + 5, top + 10, "start", Figures.Format(share, "share"));
        }
    }

    private static StringBuilder Open(int height, string what) =>
        new(Invariant($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{what}\">"));

    private static string Steps(IReadOnlyList<double> shares, double highest)
    {
        var path = new StringBuilder(Invariant($"M0 {Height - Foot}"));
        for (var bin = 0; bin < shares.Count; bin++)
        {
            var top = Height - Foot - (highest > 0 ? shares[bin] / highest * (Height - Foot - 18) : 0);
            path.Append(Invariant($"V{top:0.#}H{(double)Width * (bin + 1) / shares.Count:0.#}"));
        }

        return path.Append(Invariant($"V{Height - Foot}")).ToString();
    }

    private static void Label(StringBuilder svg, double x, double y, string anchor, string text, string? whole = null)
    {
        svg.Append(Invariant($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">")).Append(WebUtility.HtmlEncode(text));
        if (whole is not null && whole != text)
            svg.Append("<title>").Append(WebUtility.HtmlEncode(whole)).Append("</title>");
        svg.Append("</text>");
    }

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= LongestLabel ? line : string.Concat(line.AsSpan(0, LongestLabel - 1), "…");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

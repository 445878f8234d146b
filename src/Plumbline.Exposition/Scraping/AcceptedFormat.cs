using Microsoft.Net.Http.Headers;

namespace Plumbline.Exposition.Scraping;

/// <summary>Which format a scraper is answered in.</summary>
internal static class AcceptedFormat
{
    private const string OpenMetrics = "application/openmetrics-text";

    /// <summary>OpenMetrics 1.0 where it is asked for and text is not preferred; else text, which everything reads.</summary>
    public static ExpositionFormat Of(IReadOnlyList<string?> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var ranges))
            return ExpositionFormat.Prometheus;
        var open = ranges.Where(IsOpenMetrics).Select(QualityOf).DefaultIfEmpty(0).Max();
        var text = ranges.Where(IsText).Select(QualityOf).DefaultIfEmpty(0).Max();
        return open > 0 && open >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Prometheus;
    }

    private static bool IsOpenMetrics(MediaTypeHeaderValue range) =>
        range.MediaType.Equals(OpenMetrics, StringComparison.OrdinalIgnoreCase)
        && range.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            is null
                or { Value.Value: "1.0.0" or "\"1.0.0\"" };

    private static bool IsText(MediaTypeHeaderValue range) => range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);

    private static double QualityOf(MediaTypeHeaderValue range) => range.Quality ?? 1;
}

using Plumbline.Registry.Access;

namespace Plumbline.Exposition.Scraping;

/// <summary>GET /metrics: for Prometheus and whatever reads its formats.</summary>
internal static class ScrapeEndpoint
{
    public static void MapScraping(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", GetAsync).RequireRole(ApiRole.Read).WithTags("Metrics").ExcludeFromDescription();

    private static async Task GetAsync(HttpContext http, Scrape scrape)
    {
        var format = AcceptedFormat.Of(http.Request.Headers.Accept);
        http.Response.ContentType = format == ExpositionFormat.OpenMetrics ? ExpositionText.OpenMetricsType : ExpositionText.PrometheusType;
        http.Response.Headers.Vary = "Accept";
        await scrape.WriteAsync(http.Response.BodyWriter, format, http.RequestAborted);
    }
}

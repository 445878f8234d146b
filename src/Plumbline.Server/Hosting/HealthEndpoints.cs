namespace Plumbline.Server.Hosting;

/// <summary>/healthz: the process answers. /readyz: it may be given work. Both are open: load balancers have no key, and they tell nothing.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok")).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        routes.MapGet("/readyz", (IHostApplicationLifetime lifetime) =>
            lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested
                ? Results.Text("ready")
                : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
    }
}

namespace Plumbline.Server.Hosting;

/// <summary>
/// /healthz: the process answers. /readyz: it may be given work. Both are open: load balancers have no key, and neither says where
/// anything is.
/// </summary>
public static class HealthEndpoints
{
    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.AddHealthChecks();
        return services.AddSingleton<Readiness>();
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok")).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        routes
            .MapGet(
                "/readyz",
                async (Readiness readiness, CancellationToken cancellation) =>
                    await readiness.ProblemAsync(cancellation) is { } problem
                        ? Results.Text($"not ready: {problem}", statusCode: StatusCodes.Status503ServiceUnavailable)
                        : Results.Text("ready")
            )
            .AllowAnonymous()
            .DisableRateLimiting()
            .ExcludeFromDescription();
    }
}

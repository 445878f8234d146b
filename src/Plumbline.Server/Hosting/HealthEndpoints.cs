using Plumbline.Registry.Storage;

namespace Plumbline.Server.Hosting;

/// <summary>
/// /healthz: the process answers. /readyz: it may be given work. Both are open: load balancers have no key, and they tell nothing.
/// </summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        static IResult NotReady(string why) => Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/healthz", () => TypedResults.Text("ok")).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        routes
            .MapGet(
                "/readyz",
                (IHostApplicationLifetime lifetime, StorageState storage) =>
                    !lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested
                        ? NotReady("not ready")
                    : storage.Snapshot.Problem is not null ? NotReady("not ready: the data folder does not take writes")
                    : Results.Text("ready")
            )
            .AllowAnonymous()
            .DisableRateLimiting()
            .ExcludeFromDescription();
    }
}

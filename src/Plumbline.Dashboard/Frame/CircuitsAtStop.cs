namespace Plumbline.Dashboard.Frame;

/// <summary>
/// A stop waits for no page. Its connections are closed when the stop begins, whereupon a browser connects again at once, while the server
/// still listens: such a connection would hold the stop up until its limit of half a minute.
/// </summary>
internal sealed class CircuitsAtStop(RequestDelegate next, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const string Hub = "/_blazor";

    /// <summary>What an orderly close may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Hub, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return;
        }

        // One that came in between is not among those that are closed.
        using var over = new CancellationTokenSource();
        await using var stopping = lifetime.ApplicationStopping.Register(() => _ = AbortAsync(context, over.Token));
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private async Task AbortAsync(HttpContext context, CancellationToken over)
    {
        await Task.Delay(Patience, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested)
            context.Abort();
    }
}

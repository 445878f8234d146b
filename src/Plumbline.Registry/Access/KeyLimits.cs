using System.Security.Claims;
using Microsoft.AspNetCore.RateLimiting;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Access;

/// <summary>
/// How much one key may ask for: requests a second are counted before anything is done, rows a second by <see cref="RowAllowances"/>.
/// </summary>
internal static class KeyLimits
{
    public static void AddKeyLimits(this IServiceCollection services) =>
        services.AddSingleton<RowAllowances>().AddSingleton<RequestAllowances>();

    /// <summary>Answers 429 to whoever has used up its requests. Endpoints that disable rate limiting are for everybody.</summary>
    public static void UseKeyLimits(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
                    return next(context);
                var services = context.RequestServices;
                var perSecond = services.GetRequiredService<AccessOptions>().RequestsPerSecondOf(context.User.Identity?.Name);
                return services.GetRequiredService<RequestAllowances>().Take(HolderOf(context), perSecond) is { } pause
                    ? RejectAsync(context, perSecond, pause)
                    : next(context);
            }
        );

    /// <summary>The key that the caller holds, by whatever it was shown with; for a caller without one, the address.</summary>
    public static string HolderOf(ClaimsPrincipal user) => user.FindFirst(KeyStore.GenerationClaim)?.Value ?? user.Identity?.Name ?? "";

    private static string HolderOf(HttpContext context) =>
        HolderOf(context.User) is { Length: > 0 } holder ? holder : $"address {context.Connection.RemoteIpAddress}";

    private static Task RejectAsync(HttpContext http, int perSecond, TimeSpan pause)
    {
        http.RequestServices.GetRequiredService<AccessCounters>().CountRequestLimit();
        http.Response.Headers.RetryAfter = ApiKeyAuthentication.RetryAfter(pause);
        return Problems
            .Make(
                StatusCodes.Status429TooManyRequests,
                "Too much at once",
                "too_many_requests",
                $"This key may make {perSecond} requests a second (access.requests_per_second). Send more rows in one request, "
                    + "or try again later."
            )
            .ExecuteAsync(http);
    }
}

/// <summary>Requests a second of each caller; a second's worth may come at once.</summary>
public sealed class RequestAllowances(TimeProvider time)
{
    private readonly PaidTime _paid = new(time);

    /// <summary>Callers that are remembered now.</summary>
    public int Remembered => _paid.Remembered;

    /// <summary>Takes a request from the allowance.</summary>
    /// <param name="holder">Who asks.</param>
    /// <param name="perSecond">Requests a second that the holder may make; 1 or more.</param>
    /// <returns>Null when there was one; else after which time there is, and nothing was taken.</returns>
    public TimeSpan? Take(string holder, int perSecond) => _paid.TryTake(holder, TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond));
}

/// <summary>
/// Rows a second of each key. What a request holds is known only when it has been read, so it is taken from the key's allowance afterwards,
/// and a key that is in debt waits: a batch of any size goes through, and on average no more than the limit does.
/// </summary>
public sealed class RowAllowances(AccessOptions access, TimeProvider time, AccessCounters counters)
{
    private readonly PaidTime _paid = new(time);

    /// <summary>How long this key must wait before it may send rows again; null when not at all. Counts the refusal.</summary>
    public TimeSpan? PauseOf(ClaimsPrincipal user)
    {
        var debt = _paid.DebtOf(KeyLimits.HolderOf(user));
        if (debt <= TimeSpan.Zero)
            return null;
        counters.CountRowLimit();
        return debt;
    }

    /// <summary>Rows a second that this key may send.</summary>
    public int LimitOf(ClaimsPrincipal user) => access.RowsPerSecondOf(user.Identity?.Name);

    /// <summary>Takes rows from the allowance.</summary>
    public void Take(ClaimsPrincipal user, long rows) =>
        _paid.Take(KeyLimits.HolderOf(user), TimeSpan.FromSeconds((double)rows / LimitOf(user)));

    /// <summary>Waits until the debt of this key is paid: how somebody who streams is slowed down.</summary>
    public async Task WaitAsync(ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (PauseOf(user) is not { } pause)
            return;
        await Task.Delay(pause, time, cancellation);
    }
}

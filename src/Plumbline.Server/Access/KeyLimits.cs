using System.Security.Claims;
using Microsoft.AspNetCore.RateLimiting;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Access;

/// <summary>How much one key may ask for: requests a second are counted before anything is done, rows a second by <see cref="RowAllowances"/>.</summary>
internal static class KeyLimits
{
    public static void AddKeyLimits(this IServiceCollection services, AccessOptions access)
    {
        services.AddSingleton(provider => new RowAllowances(access, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<AccessCounters>()));
        services.AddSingleton(provider => new RequestAllowances(provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Answers 429 to whoever has used up its requests. Endpoints that disable rate limiting are for everybody.</summary>
    public static void UseKeyLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null) return next(context);
        var services = context.RequestServices;
        var perSecond = services.GetRequiredService<PlumblineOptions>().Access.RequestsPerSecondOf(context.User.Identity?.Name);
        return services.GetRequiredService<RequestAllowances>().Take(HolderOf(context), perSecond) is { } pause ? RejectAsync(context, perSecond, pause) : next(context);
    });

    /// <summary>The key that the caller holds, by whatever it was shown with; for a caller without one, the address.</summary>
    public static string HolderOf(ClaimsPrincipal user) => user.FindFirst(KeyBook.GenerationClaim)?.Value ?? user.Identity?.Name ?? "";

    private static string HolderOf(HttpContext context) => HolderOf(context.User) is { Length: > 0 } holder ? holder : $"address {context.Connection.RemoteIpAddress}";

    private static Task RejectAsync(HttpContext http, int perSecond, TimeSpan pause)
    {
        http.RequestServices.GetRequiredService<AccessCounters>().CountRequestLimit();
        http.Response.Headers.RetryAfter = ApiKeyAuthentication.RetryAfter(pause);
        return Problems.Make(StatusCodes.Status429TooManyRequests, "Too much at once", "too_many_requests",
            $"This key may make {perSecond} requests a second (access.requests_per_second). Send more rows in one request, or try again later.").ExecuteAsync(http);
    }
}

/// <summary>
/// Requests a second of each caller; a second's worth may come at once. What was used is known from when it will have been given back, so nothing runs
/// between requests: limiters that refill themselves wake an idle server twenty times a second.
/// </summary>
public sealed class RequestAllowances(TimeProvider time)
{
    /// <summary>Callers remembered before those that have their whole allowance again are forgotten.</summary>
    private const int CallersBeforeSweep = 10_000;

    private static readonly TimeSpan Saved = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _paidUntil = new(StringComparer.Ordinal);

    // Time since then, which does not jump when somebody corrects the clock.
    private readonly long _began = time.GetTimestamp();
    private int _sweepAt = CallersBeforeSweep;

    /// <summary>Callers that are remembered now.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate) return _paidUntil.Count;
        }
    }

    /// <summary>Takes a request from the allowance.</summary>
    /// <param name="holder">Who asks.</param>
    /// <param name="perSecond">Requests a second that the holder may make; 1 or more.</param>
    /// <returns>Null when there was one; else after which time there is, and nothing was taken.</returns>
    public TimeSpan? Take(string holder, int perSecond)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(_began);
            if (_paidUntil.Count >= _sweepAt) Sweep(now);
            var from = now - Saved;
            var paid = _paidUntil.TryGetValue(holder, out var known) && known > from ? known : from;
            paid += TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond);
            if (paid > now) return paid - now;
            _paidUntil[holder] = paid;
            return null;
        }
    }

    private void Sweep(TimeSpan now)
    {
        foreach (var holder in _paidUntil.Where(caller => caller.Value <= now - Saved).Select(caller => caller.Key).ToList()) _paidUntil.Remove(holder);
        // All of them may be busy: then look again when there are twice as many.
        _sweepAt = Math.Max(CallersBeforeSweep, 2 * _paidUntil.Count);
    }
}

/// <summary>
/// Rows a second of each key. What a request holds is known only when it has been read, so it is taken from the key's allowance afterwards, and a key that is in
/// debt waits: a batch of any size goes through, and on average no more than the limit does.
/// </summary>
public sealed class RowAllowances(AccessOptions access, TimeProvider time, AccessCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _paidUntil = new(StringComparer.Ordinal);

    /// <summary>How long this key must wait before it may send rows again; null when not at all. Counts the refusal.</summary>
    public TimeSpan? PauseOf(ClaimsPrincipal user)
    {
        var debt = DebtOf(user);
        if (debt <= TimeSpan.Zero) return null;
        counters.CountRowLimit();
        return debt;
    }

    /// <summary>Rows a second that this key may send.</summary>
    public int LimitOf(ClaimsPrincipal user) => access.RowsPerSecondOf(user.Identity?.Name);

    /// <summary>Takes rows from the allowance.</summary>
    public void Take(ClaimsPrincipal user, long rows)
    {
        var cost = TimeSpan.FromSeconds((double)rows / LimitOf(user));
        lock (_gate)
        {
            // A second of silence is saved up, and no more.
            var from = time.GetUtcNow() - TimeSpan.FromSeconds(1);
            var holder = KeyLimits.HolderOf(user);
            _paidUntil[holder] = (_paidUntil.TryGetValue(holder, out var paid) && paid > from ? paid : from) + cost;
        }
    }

    /// <summary>Waits until the debt of this key is paid: how somebody who streams is slowed down.</summary>
    public async Task WaitAsync(ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (PauseOf(user) is not { } pause) return;
        await Task.Delay(pause, time, cancellation);
    }

    private TimeSpan DebtOf(ClaimsPrincipal user)
    {
        lock (_gate) return _paidUntil.TryGetValue(KeyLimits.HolderOf(user), out var paid) ? paid - time.GetUtcNow() : TimeSpan.Zero;
    }
}

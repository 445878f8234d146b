using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Access;

/// <summary>How much one key may ask for: requests a second are counted before anything is done, rows a second by <see cref="RowAllowances"/>.</summary>
internal static class KeyLimits
{
    private const int PeriodsPerSecond = 10;

    public static void AddKeyLimits(this IServiceCollection services, AccessOptions access)
    {
        services.AddSingleton(provider => new RowAllowances(access, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<AccessCounters>()));
        services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetTokenBucketLimiter(HolderOf(context), _ => Bucket(access.RequestsPerSecondOf(context.User.Identity?.Name))));
            limiter.OnRejected = RejectAsync;
        });
    }

    /// <summary>The key that the caller holds, by whatever it was shown with; for a caller without one, the address.</summary>
    public static string HolderOf(ClaimsPrincipal user) => user.FindFirst(KeyBook.GenerationClaim)?.Value ?? user.Identity?.Name ?? "";

    private static string HolderOf(HttpContext context) => HolderOf(context.User) is { Length: > 0 } holder ? holder : $"address {context.Connection.RemoteIpAddress}";

    private static TokenBucketRateLimiterOptions Bucket(int perSecond)
    {
        // Small limits are refilled once a second, so that a tenth of them need not be a whole number.
        var periods = perSecond % PeriodsPerSecond == 0 ? PeriodsPerSecond : 1;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = perSecond / periods,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / periods),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        http.RequestServices.GetRequiredService<AccessCounters>().CountRequestLimit();
        var pause = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var stated) ? stated : TimeSpan.FromSeconds(1);
        http.Response.Headers.RetryAfter = ApiKeyAuthentication.RetryAfter(pause);
        var perSecond = http.RequestServices.GetRequiredService<PlumblineOptions>().Access.RequestsPerSecondOf(http.User.Identity?.Name);
        await Problems.Make(StatusCodes.Status429TooManyRequests, "Too much at once", "too_many_requests",
            $"This key may make {perSecond} requests a second (access.requests_per_second). Send more rows in one request, or try again later.").ExecuteAsync(http);
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

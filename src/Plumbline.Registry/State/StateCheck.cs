using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Plumbline.Registry.State;

/// <summary>Ready while the state's database answers.</summary>
internal sealed class StateCheck(IDbContextFactory<StateDbContext> state, StatePlace place, ILogger<StateCheck> log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A pooled connection may have died since it was used last, which is no news of the database: a second try takes another.
        for (var isLast = false; ; isLast = true)
        {
            try
            {
                await using var db = await state.CreateDbContextAsync(cancellationToken);
                await db.Database.ExecuteSqlRawAsync("SELECT 1", cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception error) when (error is DbException or InvalidOperationException)
            {
                if (!isLast)
                    continue;
                // Whoever asks needs no key, so the place is for the log alone.
                log.StateSilent(place.Name, error.GetBaseException().Message);
                return HealthCheckResult.Unhealthy("the database of the state does not answer");
            }
        }
    }
}

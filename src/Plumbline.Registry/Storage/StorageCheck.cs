using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Plumbline.Registry.Storage;

/// <summary>Ready while the data folder, in which the spool and the column store lie, takes writes and has room above the floor.</summary>
internal sealed class StorageCheck(StorageState storage) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            storage.Snapshot.Problem is null
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("the data folder does not take writes")
        );
}

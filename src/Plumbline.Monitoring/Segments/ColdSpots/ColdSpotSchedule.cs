using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>Searches the cold spots of every model with a reference once a day, unless that is switched off.</summary>
public sealed class ColdSpotSchedule(
    ColdSpotJobs jobs,
    ModelCatalog models,
    BaselineCatalog baselines,
    IDbContextFactory<StateDbContext> state,
    ColdSpotOptions options,
    TimeProvider time,
    ILogger<ColdSpotSchedule> log
) : BackgroundService
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // A server that just started has windows to compute first.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Daily)
        {
            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                // Those that find no place are due at the next look.
                foreach (var model in await DueAsync(stoppingToken))
                {
                    if (jobs.Start(model, new ColdSpotRequest()) is null)
                        break;
                }
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.SearchNotStarted(error);
            }
        }
    }

    /// <summary>
    /// Models with a reference whose last search is more than a day old, or that never had one. One that was cancelled or failed is left
    /// alone for a day too.
    /// </summary>
    public async Task<IReadOnlyList<ModelDefinition>> DueAsync(CancellationToken cancellation)
    {
        var yesterday = time.GetUtcNow() - Day;
        var oldest = yesterday.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var fresh = await db
            .ColdSpotRuns.Where(row => row.ComputedAtMs > oldest)
            .Select(row => row.ModelId)
            .Distinct()
            .ToListAsync(cancellation);
        return
        [
            .. models.All.Where(model =>
                !fresh.Contains(model.Id) && baselines.Find(model) is not null && !(jobs.Find(model)?.AskedAt > yesterday)
            ),
        ];
    }
}

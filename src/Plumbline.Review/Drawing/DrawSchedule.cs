using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Drawing;

/// <summary>
/// Draws for every policy when windows of its model have closed, and lets old tasks expire. Without policies it does nothing.
/// </summary>
public sealed class DrawSchedule(
    DrawPass pass,
    PolicyStore policies,
    ModelCatalog models,
    WindowLedger ledger,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time,
    ILogger<DrawSchedule> log
) : BackgroundService
{
    // Windows that close together are drawn together.
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly WakeUp _wakeUp = new(time);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wakeUp.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        policies.Changed += _wakeUp.Wake;
        ledger.Settled += WakeFor;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await DrawAllAsync(stoppingToken);
                await _wakeUp.WaitAsync(ShortestSleep, LongestSleep, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what is left is drawn after the next start.
        }
        finally
        {
            policies.Changed -= _wakeUp.Wake;
            ledger.Settled -= WakeFor;
        }
    }

    private void WakeFor(int modelId) => _wakeUp.Wake();

    private async Task DrawAllAsync(CancellationToken cancellation)
    {
        foreach (var (modelId, stored) in await EnabledAsync(cancellation))
        {
            if (models.All.FirstOrDefault(model => model.Id == modelId) is not { } model)
                continue;
            try
            {
                if (!await pass.CatchUpAsync(model, stored, cancellation))
                    log.QueueFull(stored.Policy.Name, model.Name);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                log.DrawFailed(error, stored.Policy.Name, model.Name);
            }
        }

        await ExpireAsync(cancellation);
    }

    private async Task<IReadOnlyList<(int ModelId, StoredPolicy Policy)>> EnabledAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.ReviewPolicies.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(row => (row.ModelId, StoredPolicy.Of(row))).Where(pair => pair.Item2.Policy.Enabled)];
    }

    private async Task ExpireAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        // One that somebody looks at is not taken away under their hands.
        var old = db.ReviewTasks.Where(row => row.State == (int)TaskState.Open && row.ExpiresAtMs < now && row.LockedUntilMs < now);
        if (await old.AnyAsync(cancellation))
            await old.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)TaskState.Expired), cancellation);
    }
}

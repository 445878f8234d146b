using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Text;
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
) : WokenLoop(time, ShortestSleep, LongestSleep)
{
    // Windows that close together are drawn together.
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(30), TimeSpan.FromHours(1));

    // Policies whose last draw failed, by their numbers: how often one after the other, when, and until when they are
    // left alone. One that was changed since is tried at once.
    private readonly Dictionary<int, (int Failures, DateTimeOffset At, DateTimeOffset Until)> _failing = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        policies.Changed += Wake;
        ledger.Settled += WakeFor;
        await base.ExecuteAsync(stoppingToken);
        policies.Changed -= Wake;
        ledger.Settled -= WakeFor;
    }

    /// <inheritdoc/>
    protected override void Failed(Exception error) => log.LookFailed(error);

    private void WakeFor(int modelId) => Wake();

    /// <inheritdoc/>
    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        foreach (var model in models.All)
            await AlignAsync(model, cancellation);
        foreach (var (modelId, stored) in await EnabledAsync(cancellation))
        {
            if (models.Find(modelId) is not { } model || policies.Judged(stored, model).Problem is not null)
                continue;
            if (_failing.TryGetValue(stored.Id, out var failing) && Time.GetUtcNow() < failing.Until && stored.UpdatedAt <= failing.At)
                continue;
            try
            {
                if (!await pass.CatchUpAsync(model, stored, cancellation))
                    log.QueueFull(stored.Policy.Name, model.Name);
                _failing.Remove(stored.Id);
            }
            catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
            {
                var pause = Pauses.After(failing.Failures + 1);
                _failing[stored.Id] = (failing.Failures + 1, Time.GetUtcNow(), Time.GetUtcNow() + pause);
                log.DrawFailed(error, stored.Policy.Name, model.Name, DurationText.Format(pause));
            }
        }

        await ExpireAsync(cancellation);
        return LongestSleep;
    }

    // What is in the way of one model keeps no other from its draws.
    private async Task AlignAsync(ModelDefinition model, CancellationToken cancellation)
    {
        try
        {
            await policies.AlignAsync(model, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.AlignFailed(error, model.Name);
        }
    }

    private async Task<IReadOnlyList<(int ModelId, StoredPolicy Policy)>> EnabledAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.ReviewPolicies.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(row => (row.ModelId, StoredPolicy.Of(row))).Where(pair => pair.Item2.Policy.Enabled)];
    }

    private async Task ExpireAsync(CancellationToken cancellation)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        // One that somebody looks at is not taken away under their hands.
        var old = db.ReviewTasks.Where(row => row.State == (int)TaskState.Open && row.ExpiresAtMs < now && row.LockedUntilMs < now);
        if (await old.AnyAsync(cancellation))
            await old.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)TaskState.Expired), cancellation);
    }
}

using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Windows;

namespace Plumbline.Registry.Retention;

/// <summary>
/// Deletes what models keep longer than they declared: at start, when a model is declared anew, and every hour. Whole months go at once,
/// when their last day is older than the period: dropping a month costs the engine nothing, picking rows out of it would write all others
/// again.
/// </summary>
public sealed class RetentionPass(
    ModelCatalog models,
    RetentionStore retentionStore,
    IEnumerable<IDataOwner> owners,
    WindowLedger ledger,
    FailureLog failures,
    TimeProvider time,
    ILogger<RetentionPass> log
) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(1);

    // What waits to be computed is computed before it is deleted, which takes seconds.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly WakeUp _wakeUp = new(time);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        models.Changed += Redeclared;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        models.Changed -= Redeclared;
        _wakeUp.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isDone = true;
            foreach (var model in models.All.Where(model => model.PredictionRetention is not null || model.ProfileRetention is not null))
            {
                try
                {
                    isDone &= await RunAsync(model, stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    isDone = false;
                    if (failures.IsDue("retention"))
                        log.NotExpired(error, model.Name);
                }
            }

            await _wakeUp
                .WaitAsync(LookAgain, isDone ? Look : LookAgain, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Deletes what a model keeps too long. False when something of it waits to be computed first.</summary>
    internal async Task<bool> RunAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var isDone = true;
        foreach (var owner in owners)
        {
            var kept = owner.Description;
            if (kept.KeptFor(model) is not { } period)
                continue;
            var before = RetentionStore.StartOfMonth(time.GetUtcNow() - period);
            if (retentionStore.Find(model.Id, kept.Name) is { IsFinished: true } expiry && expiry.Before >= before)
                continue;
            if (await ledger.IsWaitingBeforeAsync(model.Id, before, cancellation))
            {
                isDone = false;
                continue;
            }

            await retentionStore.BeginAsync(model.Id, kept.Name, before, cancellation);
            await ledger.DropBeforeAsync(model.Id, before, cancellation);
            var gone = await owner.ExpireAsync(model, before, cancellation);
            await retentionStore.FinishAsync(model.Id, kept.Name, gone, cancellation);
            if (gone.Rows > 0)
            {
                log.Expired(gone.Rows, kept.Name, model.Name, before);
            }
        }

        return isDone;
    }

    private void Redeclared(int modelId) => _wakeUp.Wake();
}

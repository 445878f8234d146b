using System.Collections.Concurrent;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// The schedule: looks at the ledger, computes what is closed, and marks the day and the week of each computed window.
/// Each model is a lane of its own, some at a time; a lane gives its place up after each batch, so that a model with a long backlog
/// or a failure does not hold up the others.
/// </summary>
public sealed class WindowPass(
    WindowLedger ledger,
    ModelCatalog models,
    WindowComputation computation,
    WindowPassState passState,
    WindowInstruments instruments,
    FailureLog failures,
    WindowOptions options,
    TimeProvider time,
    ILogger<WindowPass> log
) : BackgroundService
{
    /// <summary>Windows per statement: enough to amortise a scan, few enough that a failure costs little.</summary>
    private const int BatchSize = 168;

    // Much of a model's pass is one thread's work (reading profiles, making points), so models side by side use the cores.
    private static readonly int LanesAtOnce = Math.Min(Environment.ProcessorCount, 4);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    // Nothing is due before the time that the ledger gives; a clock that is set forward meanwhile makes it due earlier.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly Lanes<int> _lanes = new(LanesAtOnce);
    private readonly ConcurrentQueue<int> _changed = new();
    private readonly WakeUp _wakeUp = new(time);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        models.Changed += Redeclared;
        ledger.Marked += _wakeUp.Wake;
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        models.Changed -= Redeclared;
        ledger.Marked -= _wakeUp.Wake;
        base.Dispose();
        _lanes.Dispose();
        _wakeUp.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ledger.TryAgainAsync(stoppingToken);
        // A declaration may have been the last thing that an earlier run took note of.
        foreach (var id in await ledger.ModelsWithWorkAsync(stoppingToken))
            _changed.Enqueue(id);
        while (!stoppingToken.IsCancellationRequested)
        {
            var rest = TimeSpan.Zero;
            try
            {
                await NoteChangesAsync(stoppingToken);
                rest = await StartLanesAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                passState.Failed(error.Message);
                if (failures.IsDue("window pass"))
                    log.PassFailed(error);
            }

            await _wakeUp
                .WaitAsync(TimeSpan.FromMilliseconds(options.IntervalMs), rest, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _lanes.StopAsync();
    }

    private void Redeclared(int modelId)
    {
        _changed.Enqueue(modelId);
        _wakeUp.Wake();
    }

    // How long nothing will be due.
    private async Task<TimeSpan> StartLanesAsync(CancellationToken stopping)
    {
        var due = await ledger.ModelsDueAsync(stopping);
        foreach (var id in due)
        {
            _lanes.TryStart(
                id,
                cancellation => RunModelAsync(id, cancellation),
                (error, cancellation) => LaneFailedAsync(id, error, cancellation)
            );
        }
        // What is due may be running, and fail: it is looked at again at the next interval.
        if (due.Count > 0)
            return TimeSpan.Zero;
        return await ledger.NextDueAsync(stopping) is { } next && next - time.GetUtcNow() is var rest && rest < LongestSleep
            ? rest
            : LongestSleep;
    }

    // Open windows of a model that is declared with a shorter lateness close earlier.
    private async Task NoteChangesAsync(CancellationToken cancellation)
    {
        // It leaves the queue when it is written: a failure is tried again.
        while (_changed.TryPeek(out var id))
        {
            if (models.Find(id) is { } model)
                await ledger.CloseEarlierAsync(model, cancellation);
            _changed.TryDequeue(out _);
        }
    }

    private async Task LaneFailedAsync(int modelId, Exception error, CancellationToken stopping)
    {
        passState.Failed(error.Message);
        if (failures.IsDue("window lane"))
            log.LaneFailed(error, modelId);
        await Task.Delay(PauseAfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A batch of each length; true while there is more.
    private async Task<bool> RunModelAsync(int modelId, CancellationToken cancellation)
    {
        if (models.Find(modelId) is not { } model)
            return false;
        var worked = await RunAsync(model, model.Window, cancellation);
        foreach (var length in CoarseWindows.Above(model.Window))
            worked |= await RunAsync(model, length, cancellation);
        return worked;
    }

    private async Task<bool> RunAsync(ModelDefinition model, TimeSpan length, CancellationToken cancellation)
    {
        var windows = await ledger.TakeAsync(model, length, BatchSize, cancellation);
        // A declaration counts before its windows are marked: a model that was read before they were taken may be the one before it.
        if (models.Find(model.Id) is not { } current)
            return false;
        model = current;
        // A window that has failed goes alone: one that cannot be computed must not take the others of its batch with it.
        List<DirtyWindow> fresh = [.. windows.Where(window => window.Attempts == 0)];
        if (fresh.Count > 0)
            await ComputeAsync(model, length, fresh, cancellation);
        foreach (var failed in windows.Where(window => window.Attempts > 0))
            await ComputeAsync(model, length, [failed], cancellation);
        return windows.Count > 0;
    }

    private async Task ComputeAsync(
        ModelDefinition model,
        TimeSpan length,
        IReadOnlyList<DirtyWindow> windows,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        using var run = instruments.Batch.Start(model.Name);
        try
        {
            var isBase = length == model.Window;
            var unmade = isBase
                ? await computation.ComputeBaseAsync(model, windows, cancellation)
                : await computation.ComputeCoarseAsync(model, windows, cancellation);
            if (isBase)
                await MarkCoarseAsync(model, windows, cancellation);
            if (unmade.Count > 0)
            {
                run.Failed("not_computed", unmade[0]);
                await FailedAsync(model, windows, unmade[0], error: null, cancellation);
                return;
            }

            await ledger.ClearAsync(model.Id, windows, cancellation);
            passState.Computed(windows.Count, time.GetElapsedTime(started));
            instruments.Computed.Add(windows.Count);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            run.Failed(error);
            await FailedAsync(model, windows, error.Message, error, cancellation);
        }
    }

    private async Task FailedAsync(
        ModelDefinition model,
        IReadOnlyList<DirtyWindow> windows,
        string cause,
        Exception? error,
        CancellationToken cancellation
    )
    {
        passState.Failed($"{model.Name}: {cause}");
        var attempts = windows[0].Attempts + 1;
        // The first failure and the last; those between say nothing new.
        if (attempts == 1)
        {
            log.WindowsNotComputed(error, windows[^1].Start, windows[0].Start, model.Name, cause);
        }
        else if (attempts == WindowLedger.AttemptsBeforeSetAside)
        {
            log.WindowSetAside(windows[0].Start, model.Name, attempts, cause);
        }

        await ledger.FailAsync(model.Id, windows, cause, cancellation);
    }

    private async Task MarkCoarseAsync(ModelDefinition model, IReadOnlyList<DirtyWindow> windows, CancellationToken cancellation)
    {
        var coarse =
            from window in windows
            from length in CoarseWindows.Above(model.Window)
            group window.Reasons by (CoarseWindows.Holding(window.Start, length).Start, length) into marked
            select (marked.Key, Reasons: marked.Aggregate(DirtyReason.None, (all, reasons) => all | reasons));
        foreach (var group in coarse.GroupBy(window => window.Reasons))
            await ledger.MarkAsync(model.Id, group.Select(window => window.Key), group.Key, cancellation);
    }
}

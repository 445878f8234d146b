using Plumbline.Server.Hosting;
using Plumbline.Server.Models;
using Plumbline.Server.Windows;

namespace Plumbline.Server.Metrics;

/// <summary>
/// The schedule: looks at the ledger, computes what is closed, and marks the day and the week of each computed window.
/// One model's failure is noted on its windows and does not hold up the others.
/// </summary>
public sealed class WindowPass(
    WindowLedger ledger, ModelCatalog models, WindowComputation computation, WindowPassState passState, PlumblineOptions options, TimeProvider time, ILogger<WindowPass> log)
    : BackgroundService
{
    /// <summary>Windows per statement: enough to amortise a scan, few enough that a failure costs little.</summary>
    private const int BatchSize = 168;

    private const int ModelsAtOnce = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var worked = false;
            try
            {
                worked = await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                passState.Failed(error.Message);
                log.LogError(error, "The window pass failed; it is tried again.");
            }

            if (!worked) await Task.Delay(TimeSpan.FromMilliseconds(options.Windows.IntervalMs), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> RunOnceAsync(CancellationToken cancellation)
    {
        var worked = 0;
        // Much of a model's pass is one thread's work (reading profiles, making points), so models side by side use the cores.
        var side = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, ModelsAtOnce), CancellationToken = cancellation };
        await Parallel.ForEachAsync(await ledger.ModelsWithWorkAsync(cancellation), side, async (id, token) =>
        {
            if (models.Find(id) is { } model && await RunModelAsync(model, token)) Interlocked.Exchange(ref worked, 1);
        });
        return worked == 1;
    }

    private async Task<bool> RunModelAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var worked = await RunAsync(model, model.Window, cancellation);
        foreach (var length in CoarseWindows.Above(model.Window)) worked |= await RunAsync(model, length, cancellation);
        return worked;
    }

    private async Task<bool> RunAsync(ModelDefinition model, TimeSpan length, CancellationToken cancellation)
    {
        var windows = await ledger.TakeAsync(model, length, BatchSize, cancellation);
        if (windows.Count == 0) return false;
        var started = time.GetTimestamp();
        try
        {
            if (length == model.Window)
            {
                await computation.ComputeBaseAsync(model, windows, cancellation);
                await MarkCoarseAsync(model, windows, cancellation);
            }
            else
            {
                await computation.ComputeCoarseAsync(model, windows, cancellation);
            }

            await ledger.ClearAsync(model.Id, windows, cancellation);
            passState.Computed(windows.Count, time.GetElapsedTime(started));
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            passState.Failed($"{model.Name}: {error.Message}");
            log.LogError(error, "Windows {From} to {To} of {Model} were not computed; they are tried again.", windows[^1].Start, windows[0].Start, model.Name);
            await ledger.FailAsync(model.Id, windows, error.Message, cancellation);
        }

        return true;
    }

    private async Task MarkCoarseAsync(ModelDefinition model, IReadOnlyList<DirtyWindow> windows, CancellationToken cancellation)
    {
        var coarse = from window in windows
                     from length in CoarseWindows.Above(model.Window)
                     group window.Reasons by (CoarseWindows.Holding(window.Start, length).Start, length) into marked
                     select (marked.Key, Reasons: marked.Aggregate(DirtyReason.None, (all, reasons) => all | reasons));
        foreach (var group in coarse.GroupBy(window => window.Reasons)) await ledger.MarkAsync(model.Id, group.Select(window => window.Key), group.Key, cancellation);
    }
}

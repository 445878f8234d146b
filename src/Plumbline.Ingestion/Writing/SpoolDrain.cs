using System.Collections.Concurrent;
using Plumbline.Events;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Storage;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// Moves events from the spool to the column store, in blocks. Each model and kind is a lane of its own, some at a time; a lane whose
/// block fails waits and tries again, while the others go on. A block that keeps failing is set aside, where the health page shows it,
/// and is tried again now and then: nothing is thrown away.
/// </summary>
public sealed class SpoolDrain(
    Spool spool,
    BlockWriter writer,
    IngestionProgress progress,
    IngestionInstruments instruments,
    StorageState storage,
    FailureLog failures,
    TimeProvider time,
    ILogger<SpoolDrain> log
) : BackgroundService
{
    private const int RowsPerBlock = 50_000;
    private const long BytesPerBlock = 32 * 1024 * 1024;
    private const int LanesAtOnce = 2;
    private const int TriesBeforeSetAside = 5;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseWhenEmpty = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly Backoff BlockBackoff = new(TimeSpan.FromMilliseconds(400), TimeSpan.FromMinutes(1));
    private readonly Lanes<(int ModelId, EventKind Kind)> _lanes = new(LanesAtOnce);
    private readonly ConcurrentDictionary<long, (int Tries, DateTimeOffset Next)> _failing = new();

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _lanes.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                progress.Sample();
                // With an empty spool nothing is to be done before something arrives; looking all the same would keep an idle processor
                // awake.
                if (StartLanes())
                    await Task.Delay(Pause, time, stoppingToken);
                else
                    await spool.WaitForRowsAsync(PauseWhenEmpty, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }
        await _lanes.StopAsync();
    }

    /// <summary>False when the spool is empty.</summary>
    private bool StartLanes()
    {
        var (open, waiting) = (spool.OpenBlocks(), spool.Backlogs());
        if (open.Count == 0 && waiting.Count == 0)
            return false;
        var now = time.GetUtcNow();
        foreach (var lane in DueLanes(open, waiting, now))
        {
            _lanes.TryStart(
                lane,
                stopping => RunLaneAsync(lane.ModelId, lane.Kind, stopping),
                (error, stopping) => LaneFailedAsync(lane.ModelId, error, stopping)
            );
        }
        return true;
    }

    private HashSet<(int ModelId, EventKind Kind)> DueLanes(
        IReadOnlyList<SpoolBlock> open,
        IReadOnlyList<SpoolBacklog> waiting,
        DateTimeOffset now
    )
    {
        var due = new HashSet<(int, EventKind)>();
        foreach (var block in open)
        {
            if (IsDue(block, now))
                due.Add((block.ModelId, block.Kind));
        }
        foreach (var backlog in waiting)
        {
            if (IsDue(backlog, now) && !IsHeld(backlog.ModelId, backlog.Kind))
                due.Add((backlog.ModelId, backlog.Kind));
        }
        return due;
    }

    // All that is due in one go: a lane keeps its place until it has caught up.
    private async Task<bool> RunLaneAsync(int modelId, EventKind kind, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && await NextBlockAsync(modelId, kind) is { } next)
        {
            if (!await TryStoreAsync(next.Block, next.IsRepeated, stopping))
                break;
        }
        return false;
    }

    // A block's own failure does not come here: this is the spool's, and the whole lane waits.
    private async Task LaneFailedAsync(int modelId, Exception error, CancellationToken stopping)
    {
        if (error is SpoolException)
        {
            storage.Failed(StorageFailure.Describe(error) ?? $"the spool cannot be written: {error.Message}");
            if (failures.IsDue("spool"))
                log.SpoolUnwritable(error, modelId);
        }
        else if (failures.IsDue("drain lane"))
        {
            log.LaneFailed(error, modelId);
        }
        await Task.Delay(PauseAfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<(SpoolBlock Block, bool IsRepeated)?> NextBlockAsync(int modelId, EventKind kind)
    {
        var now = time.GetUtcNow();
        var open = spool
            .OpenBlocks()
            .Where(block => block.ModelId == modelId && block.Kind == kind)
            .FirstOrDefault(block => IsDue(block, now));
        if (open is not null)
            return (open, IsRepeated: true);
        var backlog = spool.Backlogs().FirstOrDefault(waiting => waiting.ModelId == modelId && waiting.Kind == kind);
        if (backlog.Rows == 0 || !IsDue(backlog, now) || IsHeld(modelId, kind))
            return null;
        return await spool.PlanBlockAsync(modelId, kind, RowsPerBlock, BytesPerBlock) is { } planned ? (planned, IsRepeated: false) : null;
    }

    private async Task<bool> TryStoreAsync(SpoolBlock block, bool isRepeated, CancellationToken stopping)
    {
        using var run = instruments.Block.Start($"model {block.ModelId}");
        try
        {
            await writer.StoreAsync(block, isRepeated, stopping);
            _failing.TryRemove(block.Number, out _);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            run.Failed(error);
            // Whatever the engine or the data did: the block stays in the spool, and the other lanes go on.
            var tries = _failing.GetValueOrDefault(block.Number).Tries + 1;
            var backoff = BlockBackoff.After(tries);
            _failing[block.Number] = (tries, time.GetUtcNow() + backoff);
            if (tries == TriesBeforeSetAside)
            {
                log.BlockSetAside(error, block.Number, block.ModelId, block.Rows, tries, BlockBackoff.Longest);
            }
            else if (failures.IsDue("block"))
            {
                log.BlockFailed(error, block.Number, block.ModelId, block.Rows, backoff);
            }

            if (StorageFailure.Describe(error) is { } problem)
                storage.Failed(problem);
            await spool.FailBlockAsync(block, error.Message.Length > 2_000 ? error.Message[..2_000] : error.Message);
            return tries >= TriesBeforeSetAside;
        }
    }

    private bool IsDue(SpoolBlock block, DateTimeOffset now) => !_failing.TryGetValue(block.Number, out var failing) || failing.Next <= now;

    private static bool IsDue(SpoolBacklog backlog, DateTimeOffset now) =>
        backlog.Rows >= RowsPerBlock || backlog.Bytes >= BytesPerBlock || now - backlog.OldestAt >= Linger;

    // While a block is tried the first times, later ones of its lane wait: most failures are the engine's, and would hit them as well.
    private bool IsHeld(int modelId, EventKind kind) =>
        !_failing.IsEmpty
        && spool
            .OpenBlocks()
            .Any(block =>
                block.ModelId == modelId
                && block.Kind == kind
                && _failing.TryGetValue(block.Number, out var failing)
                && failing.Tries < TriesBeforeSetAside
            );
}

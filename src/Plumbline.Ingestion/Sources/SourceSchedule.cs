using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Ingestion.Sources;

/// <summary>Which sources are being pulled now.</summary>
public sealed class RunningPulls
{
    private readonly ConcurrentDictionary<long, byte> _ids = new();

    /// <summary>How many.</summary>
    public int Count => _ids.Count;

    public bool Contains(long id) => _ids.ContainsKey(id);

    internal bool TryAdd(long id) => _ids.TryAdd(id, 0);

    internal void Remove(long id) => _ids.TryRemove(id, out _);
}

/// <summary>
/// Pulls sources when they are due, some at a time; one that fails is tried again after a pause that grows. Between them it sleeps: a
/// server without sources does nothing here.
/// </summary>
internal sealed class SourceSchedule(
    IDbContextFactory<StateDbContext> state,
    ModelCatalog catalog,
    SourceCatalog sources,
    SourcePull pull,
    RunningPulls running,
    SourceInstruments instruments,
    SourcesOptions options,
    TimeProvider time,
    ILogger<SourceSchedule> log
) : WokenLoop(time, ShortestSleep, options.RetryPause)
{
    // Changes that come together are looked at together.
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(100);

    // What is due is known by the wall clock, which somebody may set.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, Task> _pulls = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sources.Hurried += Wake;
        await base.ExecuteAsync(stoppingToken);
        sources.Hurried -= Wake;
        await Task.WhenAll(_pulls.Values);
    }

    protected override void Failed(Exception error) => log.LookFailed(error);

    // How long nothing will be due; a pull that ends wakes the schedule for those that found no place.
    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        var free = options.PullsAtOnce - running.Count;
        if (free <= 0)
            return LongestSleep;
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var enabled = db.OutcomeSources.Where(row => row.Enabled);
        var due = await enabled
            .Where(row => row.NextPullMs <= now)
            .OrderBy(row => row.NextPullMs)
            .Select(row => row.Id)
            .ToListAsync(cancellation);
        foreach (var id in due.Where(id => !running.Contains(id)).Take(free))
        {
            if (running.TryAdd(id))
                _pulls[id] = Task.Run(() => PullAsync(id, cancellation), CancellationToken.None);
        }

        var next = await enabled.Where(row => row.NextPullMs > now).MinAsync(row => (long?)row.NextPullMs, cancellation);
        var sleep = next is { } at ? TimeSpan.FromMilliseconds(at - now) : LongestSleep;
        return sleep < LongestSleep ? sleep : LongestSleep;
    }

    private async Task PullAsync(long id, CancellationToken stopping)
    {
        try
        {
            // Read now that nobody else pulls it: what the look above saw may be from before the end of another pull.
            if (await FindDueAsync(id, stopping) is { } row && catalog.Find(row.ModelId) is { } model)
                await PullAsync(model, row, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nothing was begun.
        }
        finally
        {
            _pulls.TryRemove(id, out _);
            running.Remove(id);
            Wake();
        }
    }

    private async Task<OutcomeSourceRow?> FindDueAsync(long id, CancellationToken stopping)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(stopping);
        return await db
            .OutcomeSources.AsNoTracking()
            .FirstOrDefaultAsync(row => row.Id == id && row.Enabled && row.NextPullMs <= now, stopping);
    }

    private async Task PullAsync(ModelDefinition model, OutcomeSourceRow row, CancellationToken stopping)
    {
        using var run = instruments.Pull.Start($"{model.Name}/{row.Name}");
        try
        {
            if (await pull.RunAsync(model, row, stopping) && row.Error is not null)
                log.SourceReadAgain(row.Name, model.Name);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The cursor stands behind the last page that is durable.
        }
        catch (SourceException error)
        {
            run.Failed(error.Code, error.Message);
            await FailAsync(model, row, error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            run.Failed(error);
            // One source's trouble, of whatever kind, is shown at that source and must not stop the others.
            log.SourceFailed(error, row.Name, model.Name);
            await FailAsync(model, row, new SourceException(SourceErrorCode.Unreadable, $"The pull failed: {error.Message}"));
        }
    }

    private async Task FailAsync(ModelDefinition model, OutcomeSourceRow row, SourceException error)
    {
        var now = Time.GetUtcNow();
        var pause = new Backoff(options.RetryPause, options.LongestRetryPause).After(row.Failures + 1);
        if (row.Error != error.Message)
        {
            log.SourceUnreadable(row.Name, model.Name, error.Code, error.Message, pause);
        }

        await using var db = await state.CreateDbContextAsync(CancellationToken.None);
        await db
            .OutcomeSources.Where(known => known.Id == row.Id && known.Generation == row.Generation)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(known => known.Failures, known => known.Failures + 1)
                        .SetProperty(known => known.FailingSinceMs, known => known.FailingSinceMs ?? now.ToUnixTimeMilliseconds())
                        .SetProperty(known => known.ErrorCode, error.Code)
                        .SetProperty(known => known.Error, error.Message)
                        .SetProperty(known => known.LastPullMs, now.ToUnixTimeMilliseconds())
                        .SetProperty(known => known.NextPullMs, (now + pause).ToUnixTimeMilliseconds()),
                CancellationToken.None
            );
    }
}

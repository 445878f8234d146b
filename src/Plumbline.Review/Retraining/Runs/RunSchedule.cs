using System.Collections.Concurrent;
using Plumbline.Registry.Scheduling;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>Takes open runs on, some side by side: one whose data set is being built or whose target is slow holds up no other.</summary>
public sealed class RunSchedule(
    RunStore runs,
    RunSending sending,
    LocalPrograms programs,
    TargetCatalog targets,
    TimeProvider time,
    ILogger<RunSchedule> log
) : WokenLoop(time, ShortestSleep, LongestSleep)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private readonly Lanes<long> _lanes = new(AtOnce);
    private readonly ConcurrentDictionary<long, bool> _busy = new();
    private readonly ConcurrentQueue<string> _ended = new();

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _lanes.StopAsync();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _lanes.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        runs.Changed += Wake;
        targets.Changed += Wake;
        programs.Ended += EndedOf;
        await base.ExecuteAsync(stoppingToken);
        programs.Ended -= EndedOf;
        targets.Changed -= Wake;
        runs.Changed -= Wake;
    }

    /// <inheritdoc/>
    protected override void Failed(Exception error) => log.LookFailed(error);

    /// <inheritdoc/>
    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        while (_ended.TryDequeue(out var key))
            await runs.HurryAsync(key, cancellation);
        foreach (var run in await runs.DueAsync(cancellation))
        {
            if (_busy.TryAdd(run.Id, true) && !_lanes.TryStart(run.Id, stop => StepAsync(run.Key, run.Id, stop), FailedAsync(run.Id)))
                _busy.TryRemove(run.Id, out _);
        }

        var next = await runs.NextAsync([.. _busy.Keys], cancellation);
        var sleep = next - Time.GetUtcNow() ?? LongestSleep;
        return sleep < LongestSleep ? sleep : LongestSleep;
    }

    private void EndedOf(string key)
    {
        _ended.Enqueue(key);
        Wake();
    }

    // True while there is more to do at once.
    private async Task<bool> StepAsync(string key, long id, CancellationToken cancellation)
    {
        if (await runs.FindAsync(key, cancellation) is { } run && !run.StateIs.HasEnded() && run.DueAtMs <= Now && !run.NeedsApproval)
        {
            await sending.StepAsync(run, cancellation);
            if (await runs.FindAsync(key, cancellation) is { } then && !then.StateIs.HasEnded() && then.DueAtMs <= Now)
                return true;
        }

        _busy.TryRemove(id, out _);
        Wake();
        return false;
    }

    private Func<Exception, CancellationToken, Task> FailedAsync(long id) =>
        async (error, cancellation) =>
        {
            log.StepFailed(error, id);
            await Task.Delay(LongestSleep, Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _busy.TryRemove(id, out _);
            Wake();
        };

    private long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What <see cref="RunSchedule"/> logs.</summary>
internal static partial class RunScheduleLog
{
    [LoggerMessage(8112, LogLevel.Error, "Looking for what is due about retraining runs failed; it is tried again in a minute")]
    internal static partial void LookFailed(this ILogger logger, Exception error);

    [LoggerMessage(8113, LogLevel.Error, "A step of the retraining run number {Run} failed; it is tried again in a minute")]
    internal static partial void StepFailed(this ILogger logger, Exception error, long run);
}

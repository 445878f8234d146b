using System.Collections.Concurrent;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Backtests;

/// <summary>How far a backtest is.</summary>
public enum BacktestState
{
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>A backtest that was asked for. <paramref name="Progress"/> is 0..1; <paramref name="Result"/> is there when it is done.</summary>
public sealed record BacktestJob(string Id, string Model, string Rule, BacktestState State, double Progress, string? Error, DateTimeOffset AskedAt, BacktestResult? Result);

/// <summary>Runs backtests, some at a time, and keeps the last ones in memory: asking again costs seconds, so nothing is stored.</summary>
public sealed class BacktestJobs(BacktestRun run, TimeProvider time, ILogger<BacktestJobs> log) : IDisposable
{
    private const int AtOnce = 1;
    private const int Kept = 50;

    private readonly ConcurrentDictionary<string, (BacktestJob Job, CancellationTokenSource Cancel, Task Done)> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);

    /// <summary>Backtests that wait or run; more than this are refused.</summary>
    public const int MaxOpen = 8;

    /// <summary>Starts one; null when too many are open.</summary>
    public BacktestJob? Start(ModelDefinition model, Rule rule, DateTimeOffset from, DateTimeOffset to)
    {
        if (_jobs.Values.Count(entry => entry.Job.State is BacktestState.Waiting or BacktestState.Running) >= MaxOpen) return null;
        foreach (var old in _jobs.Values.Where(entry => entry.Done.IsCompleted).OrderByDescending(entry => entry.Job.AskedAt).Skip(Kept - 1))
            if (_jobs.TryRemove(old.Job.Id, out var removed)) removed.Cancel.Dispose();
        var job = new BacktestJob(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), model.Name, rule.Name, BacktestState.Waiting, 0, null, time.GetUtcNow(), null);
        var cancel = new CancellationTokenSource();
        _jobs[job.Id] = (job, cancel, Task.CompletedTask);
        var done = Task.Run(() => RunAsync(job.Id, model, rule, from, to, cancel.Token), CancellationToken.None);
        _jobs[job.Id] = _jobs[job.Id] with { Done = done };
        return job;
    }

    public BacktestJob? Find(string model, string id) => _jobs.TryGetValue(id, out var entry) && entry.Job.Model == model ? entry.Job : null;

    /// <summary>Waits until it is done, at most so long, and returns how far it is.</summary>
    public async Task<BacktestJob?> WaitAsync(string model, string id, TimeSpan atMost, CancellationToken cancellation)
    {
        if (!_jobs.TryGetValue(id, out var entry)) return null;
        await Task.WhenAny(entry.Done, Task.Delay(atMost, time, cancellation));
        return Find(model, id);
    }

    /// <summary>Stops one. False when there is none of that number.</summary>
    public bool Cancel(string model, string id)
    {
        if (!_jobs.TryGetValue(id, out var entry) || entry.Job.Model != model) return false;
        entry.Cancel.Cancel();
        return true;
    }

    public void Dispose()
    {
        foreach (var entry in _jobs.Values)
        {
            entry.Cancel.Cancel();
            entry.Cancel.Dispose();
        }

        _places.Dispose();
    }

    private async Task RunAsync(string id, ModelDefinition model, Rule rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        try
        {
            await _places.WaitAsync(cancellation);
            try
            {
                Change(id, job => job with { State = BacktestState.Running });
                var result = await run.RunAsync(model, rule, from, to, new Reported(progress => Change(id, job => job with { Progress = progress })), cancellation);
                Change(id, job => job with { State = BacktestState.Done, Progress = 1, Result = result });
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            Change(id, job => job with { State = BacktestState.Cancelled });
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.LogError(error, "The backtest of {Rule} for {Model} failed", rule.Name, model.Name);
            Change(id, job => job with { State = BacktestState.Failed, Error = error.Message });
        }
    }

    private void Change(string id, Func<BacktestJob, BacktestJob> change)
    {
        while (_jobs.TryGetValue(id, out var entry))
            if (_jobs.TryUpdate(id, entry with { Job = change(entry.Job) }, entry)) return;
    }

    /// <summary>Reports at once, on the caller's thread; <see cref="Progress{T}"/> would do it later and out of order.</summary>
    private sealed class Reported(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}

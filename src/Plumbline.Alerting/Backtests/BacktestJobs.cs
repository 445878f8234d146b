using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Alerting.Backtests;

/// <summary>
/// A backtest that was asked for. <paramref name="Progress"/> is 0..1; <paramref name="Result"/> is there when it is done.
/// </summary>
public sealed record BacktestJob(
    string Id,
    string Model,
    string Rule,
    JobState State,
    double Progress,
    string? Error,
    DateTimeOffset AskedAt,
    BacktestResult? Result
);

/// <summary>Runs backtests, one at a time, and keeps the last ones in memory: asking again costs seconds, so nothing is stored.</summary>
public sealed class BacktestJobs(BacktestRun run, ModelCatalog models, TimeProvider time, ILogger<BacktestJobs> log) : IDisposable
{
    /// <summary>Backtests that wait or run; more than this are refused.</summary>
    public const int MaxOpen = 8;

    private const int Kept = 50;

    private static readonly TimeSpan PatienceWithRemoved = TimeSpan.FromSeconds(10);

    private readonly JobQueue<(int ModelId, string Id), (string Model, string Rule), BacktestResult> _jobs = new(MaxOpen, Kept, time, log);

    /// <summary>Starts one; null when too many are open.</summary>
    public BacktestJob? Start(ModelDefinition model, Rule rule, DateTimeOffset from, DateTimeOffset to)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        return View(
            id,
            _jobs.Start(
                (model.Id, id),
                (model.Name, rule.Name),
                $"The backtest of {rule.Name} for {model.Name}",
                (progress, cancellation) => run.RunAsync(model, rule, from, to, progress, cancellation)
            )
        );
    }

    /// <summary>How far one is; null when the model has none of that number.</summary>
    public BacktestJob? Find(string model, string id) => KeyOf(model, id) is { } key ? View(id, _jobs.Find(key)) : null;

    /// <summary>Waits until it is done, at most so long, and returns how far it is.</summary>
    public async Task<BacktestJob?> WaitAsync(string model, string id, TimeSpan atMost, CancellationToken cancellation)
    {
        if (KeyOf(model, id) is not { } key)
            return null;
        await _jobs.WaitAsync(key, atMost, cancellation);
        return Find(model, id);
    }

    /// <summary>Stops one. False when there is none of that number.</summary>
    public bool Cancel(string model, string id)
    {
        if (KeyOf(model, id) is not { } key || _jobs.Find(key) is null)
            return false;
        // One that has ended is as stopped as it can be.
        _jobs.Cancel(key);
        return true;
    }

    /// <summary>Forgets those of a deleted model.</summary>
    public Task RemoveAsync(ModelDefinition model, CancellationToken cancellation) =>
        _jobs.ForgetAsync(key => key.ModelId == model.Id, PatienceWithRemoved, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _jobs.Dispose();

    private (int ModelId, string Id)? KeyOf(string model, string id) => models.Find(model) is { } found ? (found.Id, id) : null;

    private static BacktestJob? View(string id, Job<(string Model, string Rule), BacktestResult>? job) =>
        job is null
            ? null
            : new BacktestJob(id, job.Request.Model, job.Request.Rule, job.State, job.Progress, job.Error, job.AskedAt, job.Result);
}

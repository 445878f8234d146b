using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>How far a search is.</summary>
public enum ColdSpotState
{
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>A search that was asked for since the server started. <paramref name="Progress"/> is 0..1.</summary>
public sealed record ColdSpotJob(ColdSpotState State, double Progress, string? Error, DateTimeOffset AskedAt, ColdSpotRequest Request)
{
    public bool IsOpen => State is ColdSpotState.Waiting or ColdSpotState.Running;
}

/// <summary>Runs searches, one at a time and one per model, and stores what they found.</summary>
public sealed class ColdSpotJobs(ColdSpotSearch search, IDbContextFactory<StateDbContext> state, TimeProvider time, ILogger<ColdSpotJobs> log) : IDisposable
{
    /// <summary>Searches that wait or run; more than this are refused.</summary>
    public const int MaxOpen = 20;

    /// <summary>Finished searches kept of each model.</summary>
    public const int Kept = 10;

    private readonly ConcurrentDictionary<int, Entry> _jobs = new();
    private readonly SemaphoreSlim _places = new(1, 1);
    private readonly Lock _starting = new();

    /// <summary>Starts one. A model's open search is answered instead of a second one; null when too many are open.</summary>
    public ColdSpotJob? Start(ModelDefinition model, ColdSpotRequest request)
    {
        lock (_starting)
        {
            if (_jobs.TryGetValue(model.Id, out var known) && known.Job.IsOpen) return known.Job;
            if (_jobs.Values.Count(entry => entry.Job.IsOpen) >= MaxOpen) return null;
            known?.Cancel.Dispose();
            var entry = new Entry(new ColdSpotJob(ColdSpotState.Waiting, 0, null, time.GetUtcNow(), request));
            _jobs[model.Id] = entry;
            entry.Done = Task.Run(() => RunAsync(model, entry), CancellationToken.None);
            return entry.Job;
        }
    }

    /// <summary>The newest search of a model since the server started, or null.</summary>
    public ColdSpotJob? Find(ModelDefinition model) => _jobs.TryGetValue(model.Id, out var entry) ? entry.Job : null;

    /// <summary>Waits until the model's search is done, at most so long.</summary>
    public async Task WaitAsync(ModelDefinition model, TimeSpan atMost, CancellationToken cancellation)
    {
        if (_jobs.TryGetValue(model.Id, out var entry)) await Task.WhenAny(entry.Done, Task.Delay(atMost, time, cancellation));
    }

    /// <summary>Stops the model's search. False when none is open.</summary>
    public bool Cancel(ModelDefinition model)
    {
        lock (_starting)
        {
            if (!_jobs.TryGetValue(model.Id, out var entry) || !entry.Job.IsOpen) return false;
            entry.Cancel.Cancel();
            return true;
        }
    }

    /// <summary>Forgets a deleted model.</summary>
    public async Task RemoveAsync(ModelDefinition model, CancellationToken cancellation)
    {
        Cancel(model);
        await WaitAsync(model, TimeSpan.FromSeconds(10), cancellation);
        _jobs.TryRemove(model.Id, out _);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.ColdSpotRuns.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
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

    private async Task RunAsync(ModelDefinition model, Entry entry)
    {
        var cancellation = entry.Cancel.Token;
        try
        {
            await _places.WaitAsync(cancellation);
            try
            {
                entry.Job = entry.Job with { State = ColdSpotState.Running };
                var report = await search.RunAsync(model, entry.Job.Request, new Reported(progress => entry.Job = entry.Job with { Progress = progress }), cancellation);
                await StoreAsync(model, report, cancellation);
                entry.Job = entry.Job with { State = ColdSpotState.Done, Progress = 1 };
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            entry.Job = entry.Job with { State = ColdSpotState.Cancelled };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.LogError(error, "The search for cold spots of {Model} failed", model.Name);
            entry.Job = entry.Job with { State = ColdSpotState.Failed, Error = error.Message };
        }
    }

    private async Task StoreAsync(ModelDefinition model, ColdSpotReport report, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        db.ColdSpotRuns.Add(new ColdSpotRunRow { ModelId = model.Id, ComputedAtMs = report.ComputedAt.ToUnixTimeMilliseconds(), Content = JsonSerializer.Serialize(report, ColdSpotReport.Json) });
        await db.SaveChangesAsync(cancellation);
        var old = db.ColdSpotRuns.Where(row => row.ModelId == model.Id).OrderByDescending(row => row.Id).Skip(Kept).Select(row => row.Id);
        await db.ColdSpotRuns.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }

    private sealed class Entry(ColdSpotJob job)
    {
        private ColdSpotJob _job = job;

        // Written by the search alone, read by everybody.
        public ColdSpotJob Job
        {
            get => Volatile.Read(ref _job);
            set => Volatile.Write(ref _job, value);
        }

        public CancellationTokenSource Cancel { get; } = new();

        public Task Done { get; set; } = Task.CompletedTask;
    }

    /// <summary>Reports at once, on the caller's thread; <see cref="Progress{T}"/> would do it later and out of order.</summary>
    private sealed class Reported(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}

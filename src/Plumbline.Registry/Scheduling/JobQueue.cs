using System.Collections.Concurrent;

namespace Plumbline.Registry.Scheduling;

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>It waits for a place.</summary>
    Waiting,

    /// <summary>It works.</summary>
    Running,

    /// <summary>Its result is there.</summary>
    Done,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,

    /// <summary>It threw.</summary>
    Failed,
}

/// <summary>Something that takes a while and that somebody asked for.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="State">How far it is.</param>
/// <param name="Progress">0..1; 1 when it is done.</param>
/// <param name="Error">Why it failed, else null.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Result">There when it is done.</param>
public sealed record Job<TRequest, TResult>(
    TRequest Request,
    JobState State,
    double Progress,
    string? Error,
    DateTimeOffset AskedAt,
    TResult? Result
)
{
    /// <summary>True while it waits or works.</summary>
    public bool IsOpen => State.IsOpen();
}

/// <summary>Questions about a <see cref="JobState"/>.</summary>
public static class JobStates
{
    /// <summary>True while the job waits or works.</summary>
    public static bool IsOpen(this JobState state) => state is JobState.Waiting or JobState.Running;
}

/// <summary>Does what takes longer than a request, one after the other, and keeps what came of it in memory.</summary>
/// <typeparam name="TKey">What a job is found by; a model's begins with the model's id, so that it can be forgotten with it.</typeparam>
/// <typeparam name="TRequest">What is asked for.</typeparam>
/// <typeparam name="TResult">What comes of it.</typeparam>
/// <param name="maxOpen">Jobs that wait or work; more than this are refused.</param>
/// <param name="kept">Jobs that have ended and are kept, the newest; the others are forgotten when the next one starts.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where failures go.</param>
public sealed class JobQueue<TKey, TRequest, TResult>(int maxOpen, int kept, TimeProvider time, ILogger log) : IDisposable
    where TKey : notnull
{
    // Changed behind the gate, read by anybody.
    private readonly ConcurrentDictionary<TKey, Entry> _jobs = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _place = new(1, 1);

    /// <summary>Starts a job, and returns at once.</summary>
    /// <param name="key">
    /// What it is found by. An open job of this key is answered instead of a second one; one that has ended is replaced.
    /// </param>
    /// <param name="request">What is asked for.</param>
    /// <param name="name">What the log calls it when it fails.</param>
    /// <param name="work">Does it: reports how far it is (0..1), and ends when the token does.</param>
    /// <returns>Null when too many are open.</returns>
    public Job<TRequest, TResult>? Start(
        TKey key,
        TRequest request,
        string name,
        Func<IProgress<double>, CancellationToken, Task<TResult>> work
    )
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(key, out var known) && known.Job.IsOpen)
                return known.Job;
            if (_jobs.Values.Count(entry => entry.Job.IsOpen) >= maxOpen)
                return null;
            Drop(key);
            var ended = _jobs.Where(pair => !pair.Value.Job.IsOpen).OrderByDescending(pair => pair.Value.Job.AskedAt);
            foreach (var old in ended.Skip(kept - 1).ToList())
                Drop(old.Key);
            var job = new Job<TRequest, TResult>(request, JobState.Waiting, 0, Error: null, time.GetUtcNow(), default);
            var entry = new Entry(job);
            var cancellation = entry.Cancel.Token;
            // Here, and not when the task gets a thread: they work in the order in which they were asked for.
            var place = _place.EnterAsync(cancellation);
            entry.Done = Task.Run(() => RunAsync(entry, place, name, work, cancellation), CancellationToken.None);
            _jobs[key] = entry;
            return job;
        }
    }

    /// <summary>The newest job of a key, or null.</summary>
    public Job<TRequest, TResult>? Find(TKey key) => _jobs.GetValueOrDefault(key)?.Job;

    /// <summary>Waits until the job of a key has ended, at most so long; returns at once when there is none.</summary>
    public async Task WaitAsync(TKey key, TimeSpan atMost, CancellationToken cancellation)
    {
        if (_jobs.GetValueOrDefault(key) is not { } entry)
            return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(entry.Done, Task.Delay(atMost, time, enough.Token));
        await enough.CancelAsync();
    }

    /// <summary>Stops the job of a key. False when none is open.</summary>
    public bool Cancel(TKey key)
    {
        lock (_gate)
        {
            if (!_jobs.TryGetValue(key, out var entry) || !entry.Job.IsOpen)
                return false;
            entry.Cancel.Cancel();
            return true;
        }
    }

    /// <summary>Stops and forgets jobs, such as those of a deleted model; what they still do is waited for, at most so long.</summary>
    public async Task ForgetAsync(Func<TKey, bool> which, TimeSpan atMost, CancellationToken cancellation)
    {
        List<TKey> keys = [.. _jobs.Keys.Where(which)];
        foreach (var key in keys)
            Cancel(key);
        foreach (var key in keys)
            await WaitAsync(key, atMost, cancellation);
        lock (_gate)
            keys.ForEach(Drop);
    }

    /// <summary>Cancels what is open, without waiting for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _jobs.Values)
                entry.Cancel.Cancel();
            foreach (var key in _jobs.Keys.ToList())
                Drop(key);
        }

        _place.Dispose();
    }

    private void Drop(TKey key)
    {
        if (_jobs.TryRemove(key, out var entry))
            entry.Cancel.Dispose();
    }

    private async Task RunAsync(
        Entry entry,
        Task<IDisposable> turn,
        string name,
        Func<IProgress<double>, CancellationToken, Task<TResult>> work,
        CancellationToken cancellation
    )
    {
        try
        {
            using var place = await turn;
            entry.Job = entry.Job with { State = JobState.Running };
            var result = await work(new Reported(progress => entry.Job = entry.Job with { Progress = progress }), cancellation);
            entry.Job = entry.Job with { State = JobState.Done, Progress = 1, Result = result };
        }
        catch (OperationCanceledException)
        {
            entry.Job = entry.Job with { State = JobState.Cancelled };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.JobFailed(error, name);
            entry.Job = entry.Job with { State = JobState.Failed, Error = error.Message };
        }
    }

    private sealed class Entry(Job<TRequest, TResult> job)
    {
        private Job<TRequest, TResult> _job = job;

        // Written by the job's own work alone, read by everybody.
        public Job<TRequest, TResult> Job
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

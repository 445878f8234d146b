using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Scheduling;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Server.Tests.Scheduling;

/// <summary>Every wait in here is for something that the test itself sets off; the patience only ends a test that would hang.</summary>
public sealed class JobQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_job_waits_works_tells_how_far_it_is_and_keeps_its_result()
    {
        using var queue = Queue();
        var (first, second) = (new Step(), new Step());
        Assert.Equal(JobState.Waiting, queue.Start(1, "one", "one", first.RunAsync)!.State);
        await first.Entered.Task.WaitAsync(Patience);
        var waiting = queue.Start(2, "two", "two", second.RunAsync)!;
        Assert.Equal(new Job<string, string>("two", JobState.Waiting, 0, null, _time.GetUtcNow(), null), waiting);
        Assert.Equal((JobState.Running, 0.5, null), Said(queue.Find(1)));
        // One at a time.
        Assert.False(second.Entered.Task.IsCompleted);
        Assert.True(queue.Find(2)!.IsOpen);
        first.Release.SetResult("found");
        await second.Entered.Task.WaitAsync(Patience);
        Assert.Equal((JobState.Done, 1.0, "found"), Said(queue.Find(1)));
        second.Release.SetResult("too");
        await queue.WaitAsync(2, Patience, default);
        Assert.Equal((JobState.Done, 1.0, "too"), Said(queue.Find(2)));
        Assert.Null(queue.Find(3));
        await queue.WaitAsync(3, Patience, default);
    }

    [Fact]
    public async Task An_open_job_is_answered_instead_of_a_second_one_and_one_that_ended_is_replaced()
    {
        using var queue = Queue();
        var step = new Step();
        queue.Start(1, "first", "first", step.RunAsync);
        Assert.Equal("first", queue.Start(1, "second", "second", new Step().RunAsync)!.Request);
        step.Release.SetResult("a");
        await queue.WaitAsync(1, Patience, default);
        queue.Start(1, "third", "third", Finished("b"));
        await queue.WaitAsync(1, Patience, default);
        Assert.Equal(("third", "b"), (queue.Find(1)!.Request, queue.Find(1)!.Result));
    }

    [Fact]
    public async Task More_open_jobs_than_allowed_are_refused()
    {
        using var queue = Queue(maxOpen: 2);
        var step = new Step();
        Assert.NotNull(queue.Start(1, "1", "1", step.RunAsync));
        Assert.NotNull(queue.Start(2, "2", "2", Finished("")));
        Assert.Null(queue.Start(3, "3", "3", Finished("")));
        Assert.Null(queue.Find(3));
        step.Release.SetResult("");
        await queue.WaitAsync(1, Patience, default);
        await queue.WaitAsync(2, Patience, default);
        Assert.NotNull(queue.Start(3, "3", "3", Finished("")));
    }

    [Fact]
    public async Task Stopping_ends_what_works_and_what_waits()
    {
        using var queue = Queue();
        var step = new Step();
        queue.Start(1, "1", "1", step.RunAsync);
        queue.Start(2, "2", "2", (_, _) => throw new InvalidOperationException("it was stopped while it waited"));
        await step.Entered.Task.WaitAsync(Patience);
        Assert.True(queue.Cancel(2));
        await queue.WaitAsync(2, Patience, default);
        Assert.Equal(JobState.Cancelled, queue.Find(2)!.State);
        Assert.True(queue.Find(1)!.IsOpen);
        Assert.True(queue.Cancel(1));
        await queue.WaitAsync(1, Patience, default);
        Assert.Equal((JobState.Cancelled, 0.5, null), Said(queue.Find(1)));
        Assert.False(queue.Cancel(1));
        Assert.False(queue.Cancel(3));
    }

    [Fact]
    public async Task A_failure_is_the_jobs_own_and_says_why()
    {
        using var queue = Queue();
        queue.Start(1, "1", "1", (_, _) => throw new InvalidOperationException("no rows"));
        queue.Start(2, "2", "2", Finished("fine"));
        await queue.WaitAsync(1, Patience, default);
        await queue.WaitAsync(2, Patience, default);
        Assert.Equal((JobState.Failed, "no rows"), (queue.Find(1)!.State, queue.Find(1)!.Error));
        Assert.Equal((JobState.Done, null), (queue.Find(2)!.State, queue.Find(2)!.Error));
    }

    [Fact]
    public async Task Only_the_newest_that_have_ended_are_kept()
    {
        using var queue = Queue(kept: 3);
        for (var key = 1; key <= 10; key++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            queue.Start(key, "", "", Finished(""));
            await queue.WaitAsync(key, Patience, default);
        }

        Assert.Equal([8, 9, 10], Enumerable.Range(1, 10).Where(key => queue.Find(key) is not null));
    }

    [Fact]
    public async Task What_is_forgotten_is_stopped_first_and_the_others_stay()
    {
        using var queue = Queue();
        var step = new Step();
        queue.Start(1, "", "", step.RunAsync);
        queue.Start(11, "", "", Finished(""));
        queue.Start(2, "", "", Finished(""));
        await step.Entered.Task.WaitAsync(Patience);
        await queue.ForgetAsync(key => key % 10 == 1, Patience, default);
        Assert.True(step.Ended);
        Assert.Null(queue.Find(1));
        Assert.Null(queue.Find(11));
        await queue.WaitAsync(2, Patience, default);
        Assert.Equal(JobState.Done, queue.Find(2)!.State);
    }

    [Fact]
    public async Task Waiting_ends_with_the_patience_and_with_the_waiting_one()
    {
        using var queue = Queue();
        queue.Start(1, "", "", new Step().RunAsync);
        await queue.WaitAsync(1, TimeSpan.FromMilliseconds(20), default).WaitAsync(Patience);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await queue.WaitAsync(1, Patience, gone.Token).WaitAsync(Patience);
        Assert.True(queue.Find(1)!.IsOpen);
    }

    private static (JobState State, double Progress, string? Result) Said(Job<string, string>? job) =>
        (job!.State, job.Progress, job.Result);

    private static Func<IProgress<double>, CancellationToken, Task<string>> Finished(string result) => (_, _) => Task.FromResult(result);

    private JobQueue<int, string, string> Queue(int maxOpen = 10, int kept = 10) => new(maxOpen, kept, _time, NullLogger.Instance);

    private sealed class Step
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string> Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Ended { get; private set; }

        public async Task<string> RunAsync(IProgress<double> progress, CancellationToken cancellation)
        {
            try
            {
                progress.Report(0.5);
                Entered.SetResult();
                return await Release.Task.WaitAsync(cancellation);
            }
            finally
            {
                Ended = true;
            }
        }
    }
}

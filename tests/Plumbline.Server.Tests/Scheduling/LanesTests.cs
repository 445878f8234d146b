using System.Collections.Concurrent;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Server.Tests.Scheduling;

/// <summary>Every wait in here is for something that the test itself sets off; the patience only ends a test that would hang.</summary>
public sealed class LanesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_key_has_one_lane_until_its_work_is_done()
    {
        using var lanes = new Lanes<int>(4);
        var (entered, release) = (Signal(), Signal());
        Assert.True(lanes.TryStart(1, Waiting(entered, release), Unexpected));
        await entered.Task.WaitAsync(Patience);
        Assert.False(lanes.TryStart(1, _ => throw new InvalidOperationException("a second lane"), Unexpected));
        Assert.Equal(1, lanes.Count);
        release.SetResult();
        await UntilAsync(() => lanes.Count == 0);
        var again = Signal();
        Assert.True(lanes.TryStart(1, Waiting(again, release), Unexpected));
        await again.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_stop_after_the_disposal_of_a_start_that_failed_is_no_error()
    {
        var lanes = new Lanes<int>(1);
        lanes.Dispose();
        await lanes.StopAsync();
        lanes.Dispose();
        Assert.False(lanes.TryStart(1, _ => Task.FromResult(false), Unexpected));
    }

    [Fact]
    public async Task No_more_work_at_once_than_there_are_places()
    {
        const int Places = 3;
        using var lanes = new Lanes<int>(Places);
        var release = Signal();
        var (now, most, done) = (0, 0, 0);
        for (var key = 0; key < 20; key++)
        {
            lanes.TryStart(
                key,
                async _ =>
                {
                    var working = Interlocked.Increment(ref now);
                    InterlockedMax(ref most, working);
                    if (working == Places)
                        release.TrySetResult();
                    await release.Task;
                    Interlocked.Decrement(ref now);
                    Interlocked.Increment(ref done);
                    return false;
                },
                Unexpected
            );
        }

        await UntilAsync(() => lanes.Count == 0);
        Assert.Equal((Places, 20), (most, done));
    }

    [Fact]
    public async Task A_lane_with_more_to_do_lets_the_others_in_between()
    {
        using var lanes = new Lanes<string>(1);
        var (entered, other) = (Signal(), Signal());
        // It has work for as long as the other one has not had its turn.
        lanes.TryStart(
            "long",
            async _ =>
            {
                entered.TrySetResult();
                await Task.Yield();
                return !other.Task.IsCompleted;
            },
            Unexpected
        );
        await entered.Task.WaitAsync(Patience);
        lanes.TryStart("short", Waiting(other, Done()), Unexpected);
        await other.Task.WaitAsync(Patience);
        await UntilAsync(() => lanes.Count == 0);
    }

    [Fact]
    public async Task A_failing_lane_ends_is_told_of_once_and_leaves_the_others_their_places()
    {
        using var lanes = new Lanes<int>(1);
        var told = new ConcurrentQueue<string>();
        var (failing, ended) = (Signal(), Signal());
        lanes.TryStart(
            1,
            _ => throw new InvalidOperationException("broken"),
            async (error, _) =>
            {
                told.Enqueue(error.Message);
                failing.SetResult();
                await ended.Task;
                throw new InvalidOperationException("and its handler too");
            }
        );
        await failing.Task.WaitAsync(Patience);
        // The handler still waits, which keeps the key's lane but not its place.
        Assert.False(lanes.TryStart(1, _ => Task.FromResult(false), Unexpected));
        var other = Signal();
        lanes.TryStart(2, Waiting(other, Done()), Unexpected);
        await other.Task.WaitAsync(Patience);
        ended.SetResult();
        await UntilAsync(() => lanes.Count == 0);
        Assert.Equal(["broken"], told);
        Assert.True(lanes.TryStart(1, _ => Task.FromResult(false), Unexpected));
        await lanes.StopAsync();
    }

    [Fact]
    public async Task Stopping_cancels_what_works_and_what_waits_and_waits_for_both()
    {
        using var lanes = new Lanes<int>(1);
        var (entered, cleaned) = (Signal(), false);
        lanes.TryStart(
            1,
            async stopping =>
            {
                entered.SetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
                }
                finally
                {
                    await Task.Yield();
                    cleaned = true;
                }

                return true;
            },
            Unexpected
        );
        await entered.Task.WaitAsync(Patience);
        lanes.TryStart(2, _ => throw new InvalidOperationException("it had no place"), Unexpected);
        await lanes.StopAsync().WaitAsync(Patience);
        Assert.True(cleaned);
        Assert.Equal(0, lanes.Count);
        Assert.False(lanes.TryStart(3, _ => Task.FromResult(false), Unexpected));
        await lanes.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Keys_that_come_and_go_leave_nothing_behind()
    {
        using var lanes = new Lanes<int>(2);
        var done = 0;
        for (var key = 0; key < 2_000; key++)
        {
            lanes.TryStart(
                key,
                _ =>
                {
                    var mine = Interlocked.Increment(ref done);
                    return mine % 7 == 0 ? throw new InvalidOperationException("one in seven") : Task.FromResult(false);
                },
                (_, _) => Task.CompletedTask
            );
        }

        await UntilAsync(() => lanes.Count == 0);
        Assert.Equal(2_000, done);
    }

    private static Func<CancellationToken, Task<bool>> Waiting(TaskCompletionSource entered, TaskCompletionSource release) =>
        async _ =>
        {
            entered.TrySetResult();
            await release.Task;
            return false;
        };

    private static Task Unexpected(Exception error, CancellationToken cancellation) =>
        throw new InvalidOperationException("nothing should have failed", error);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Done()
    {
        var done = Signal();
        done.SetResult();
        return done;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
                return;
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "it never came to be");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}

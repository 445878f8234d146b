using Plumbline.Monitoring.References;

namespace Plumbline.Server.Tests.References;

public sealed class FittedOnceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private int _fitted;

    [Fact]
    public async Task Many_who_need_it_at_once_get_the_one_that_the_first_makes()
    {
        var fits = new FittedOnce<string, int>(4);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable
            .Range(0, 20)
            .Select(_ => Task.Run(() => fits.GetAsync(1, "a", () => FitAsync(ready.Task), default)))
            .ToList();
        ready.SetResult();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Patience), fit => Assert.Equal(1, fit));
        Assert.Equal(1, await GetAsync(fits, 1, "a"));
    }

    [Fact]
    public async Task Another_key_and_another_model_are_other_fits_and_a_model_keeps_the_last()
    {
        var fits = new FittedOnce<string, int>(4);
        Assert.Equal(1, await GetAsync(fits, 1, "a"));
        Assert.Equal(2, await GetAsync(fits, 1, "b"));
        Assert.Equal(3, await GetAsync(fits, 2, "b"));
        Assert.Null(fits.Find(1, "a"));
        Assert.Equal(2, await GetAsync(fits, 1, "b"));
        Assert.Equal(3, await GetAsync(fits, 2, "b"));
    }

    [Fact]
    public async Task A_fit_that_failed_is_tried_again()
    {
        var fits = new FittedOnce<string, int>(4);
        var failing = Task.FromException<int>(new InvalidOperationException("no rows"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => fits.GetAsync(1, "a", () => failing, default));
        Assert.Null(fits.Find(1, "a"));
        Assert.Equal(1, await GetAsync(fits, 1, "a"));
    }

    [Fact]
    public async Task Whoever_stops_waiting_does_not_stop_the_fit()
    {
        var fits = new FittedOnce<string, int>(4);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gone = new CancellationTokenSource();
        var first = fits.GetAsync(1, "a", () => FitAsync(ready.Task), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        ready.SetResult();
        Assert.Equal(1, await GetAsync(fits, 1, "a"));
    }

    [Fact]
    public async Task The_one_that_was_not_used_for_the_longest_time_makes_room()
    {
        var fits = new FittedOnce<string, int>(3);
        foreach (var model in (int[])[1, 2, 3, 1, 4])
            await GetAsync(fits, model, "a");
        Assert.Equal([1, 3, 4], Enumerable.Range(1, 4).Where(model => fits.Find(model, "a") is not null));
    }

    [Fact]
    public async Task A_deleted_model_is_forgotten()
    {
        var fits = new FittedOnce<string, int>(3);
        await GetAsync(fits, 1, "a");
        fits.Forget(1);
        fits.Forget(2);
        Assert.Null(fits.Find(1, "a"));
    }

    [Fact]
    public async Task Of_two_who_find_the_same_fit_stale_one_replaces_it()
    {
        var fits = new FittedOnce<string, int>(3);
        await GetAsync(fits, 1, "a");
        var stale = fits.Find(1, "a");
        var (first, isFirstNew) = fits.Renew(1, "a", stale, () => FitAsync(Task.CompletedTask));
        var (second, isSecondNew) = fits.Renew(1, "a", stale, () => FitAsync(Task.CompletedTask));
        Assert.True(isFirstNew);
        Assert.False(isSecondNew);
        Assert.Same(first, second);
        Assert.Equal(2, await fits.UseAsync(1, second, default));
    }

    private Task<int> GetAsync(FittedOnce<string, int> fits, int model, string key) =>
        fits.GetAsync(model, key, () => FitAsync(Task.CompletedTask), default);

    private async Task<int> FitAsync(Task ready)
    {
        var number = Interlocked.Increment(ref _fitted);
        await ready;
        return number;
    }
}

using System.Collections.Concurrent;

namespace Plumbline.Registry.Scheduling;

/// <summary>
/// Work that goes on side by side, one lane for each key, some lanes at a time. A lane that fails or waits does not hold up the others; one
/// that has nothing left to do is forgotten, so that keys may come and go for years.
/// </summary>
/// <typeparam name="TKey">Whose work it is: a model, or a model and something of it.</typeparam>
/// <param name="atOnce">Lanes that work at the same time, at least one; the others wait for a place.</param>
public sealed class Lanes<TKey>(int atOnce) : IDisposable
    where TKey : notnull
{
    // Changed behind the gate, read by anybody.
    private readonly ConcurrentDictionary<TKey, Task> _running = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _places = new(atOnce, atOnce);
    private readonly CancellationTokenSource _stopping = new();
    private bool _isStopped;
    private bool _isDisposed;

    /// <summary>Lanes that work or wait for a place.</summary>
    public int Count => _running.Count;

    /// <summary>Starts the lane of a key, and returns at once.</summary>
    /// <param name="key">Whose lane it is.</param>
    /// <param name="step">
    /// One piece of work, done with a place; true when there is more. The place is given up between the pieces, so that a long lane lets
    /// others in. Its token ends with <see cref="StopAsync"/>.
    /// </param>
    /// <param name="failed">Is told of what a step threw, without a place; then, or when it throws itself, the lane ends.</param>
    /// <returns>False when the key's lane is there already, or when the lanes are stopped: then nothing is started.</returns>
    public bool TryStart(TKey key, Func<CancellationToken, Task<bool>> step, Func<Exception, CancellationToken, Task> failed)
    {
        lock (_gate)
        {
            if (_isStopped || _running.ContainsKey(key))
                return false;
            var stopping = _stopping.Token;
            // It takes itself off the list behind this lock, so never before it is on it.
            _running[key] = Task.Run(() => RunAsync(key, step, failed, stopping), CancellationToken.None);
            return true;
        }
    }

    /// <summary>Cancels what runs and waits for its end. No lane starts afterwards.</summary>
    public async Task StopAsync()
    {
        Task[] running;
        lock (_gate)
        {
            // A start that failed disposes of it while its owner still ends.
            if (_isDisposed)
                return;
            _isStopped = true;
            running = [.. _running.Values];
        }

        await _stopping.CancelAsync();
        foreach (var lane in running)
            await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Cancels what still runs, without waiting for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isStopped = _isDisposed = true;
        }

        _stopping.Cancel();
        _stopping.Dispose();
        _places.Dispose();
    }

    private async Task RunAsync(
        TKey key,
        Func<CancellationToken, Task<bool>> step,
        Func<Exception, CancellationToken, Task> failed,
        CancellationToken stopping
    )
    {
        try
        {
            var hasMore = true;
            while (hasMore)
            {
                using var place = await _places.EnterAsync(stopping);
                hasMore = await step(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whoever starts lanes finds what was not done at the next start.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            await failed(error, stopping);
        }
        finally
        {
            lock (_gate)
                _running.TryRemove(key, out _);
        }
    }
}

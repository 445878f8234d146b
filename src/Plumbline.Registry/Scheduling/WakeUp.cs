namespace Plumbline.Registry.Scheduling;

/// <summary>
/// What a schedule sleeps on: until somebody has work for it, or until a time. So that an idle server need not look again and again.
/// Several calls of <see cref="Wake"/> before the sleeper looks are one.
/// </summary>
/// <param name="time">The clock of the longest sleep.</param>
public sealed class WakeUp(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    /// <summary>Ends the sleep, or the next one when nobody sleeps.</summary>
    public void Wake()
    {
        try
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it at the same moment.
        }
        catch (ObjectDisposedException)
        {
            // The server stops; what there is to do is found at the next start.
        }
    }

    /// <summary>Returns after <see cref="Wake"/>, or when the time is up.</summary>
    /// <param name="atMost">Zero or less returns at once.</param>
    /// <param name="cancellation">Ends the sleep with an exception.</param>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        if (atMost <= TimeSpan.Zero)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timer = Task.Delay(atMost, time, limit.Token);
        await Task.WhenAny(_signal.WaitAsync(limit.Token), timer);
        await limit.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// The same after a pause that passes in any case, so that calls of <see cref="Wake"/> which come one after the other end one sleep.
    /// </summary>
    /// <param name="atLeast">The pause.</param>
    /// <param name="atMost">Counts from the beginning of the pause.</param>
    /// <param name="cancellation">Ends the sleep with an exception.</param>
    public async Task WaitAsync(TimeSpan atLeast, TimeSpan atMost, CancellationToken cancellation)
    {
        await Task.Delay(atLeast, time, cancellation);
        await WaitAsync(atMost - atLeast, cancellation);
    }

    public void Dispose() => _signal.Dispose();
}

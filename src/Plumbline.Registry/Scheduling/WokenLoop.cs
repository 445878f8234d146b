namespace Plumbline.Registry.Scheduling;

/// <summary>
/// Work that is done whenever somebody wakes it, and looked for at the latest when it says so itself. A look that fails is tried again
/// after a pause: one moment of a busy database must not end it for good, nor the server with it.
/// </summary>
/// <param name="time">The clock of its sleep.</param>
/// <param name="shortest">The pause after each look, so that calls of <see cref="Wake"/> that come one after the other are one.</param>
/// <param name="afterFailure">The pause after a look that failed.</param>
public abstract class WokenLoop(TimeProvider time, TimeSpan shortest, TimeSpan afterFailure) : BackgroundService
{
    private readonly WakeUp _wakeUp = new(time);

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wakeUp.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets it look at once, or after the look that it is at.</summary>
    protected void Wake() => _wakeUp.Wake();

    /// <summary>Does what there is to do; gives how long there will be nothing more.</summary>
    protected abstract Task<TimeSpan> LookAsync(CancellationToken cancellation);

    /// <summary>Says that a look failed.</summary>
    protected abstract void Failed(Exception error);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var sleep = await LookAsync(stoppingToken);
                await _wakeUp.WaitAsync(shortest, sleep, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Failed(error);
                await Task.Delay(afterFailure, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Storage;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// The pipeline as a whole: silence, inhibit, route, deduplicate, group and wait; send with retries, record; remind; forget what is old.
/// </summary>
public sealed class DeliveryPipeline(
    NotificationRouting routing,
    MessageSending sending,
    IEnumerable<IReceiverClient> clients,
    ReceiverCatalog receivers,
    DeliveryHistory history,
    ReminderState reminders,
    TimeProvider time
)
{
    private DateTimeOffset _nextCleaning;

    /// <summary>One pass over everything that is due.</summary>
    /// <returns>When the next one is due, or null when nothing waits.</returns>
    public async Task<DateTimeOffset?> RunAsync(CancellationToken cancellation)
    {
        await routing.RunAsync(cancellation);
        var sendAgain = await sending.RunAsync(cancellation);
        DateTimeOffset? remindAgain = null;
        foreach (var client in clients.OfType<IRemindingClient>())
        {
            if (await client.RemindAsync(receivers, reminders.Report, cancellation) is { } again && !(again >= remindAgain))
                remindAgain = again;
        }

        if (time.GetUtcNow() >= _nextCleaning)
        {
            await history.CleanAsync(cancellation);
            _nextCleaning = time.GetUtcNow().AddHours(1);
        }

        return sendAgain is null || remindAgain < sendAgain ? remindAgain ?? sendAgain : sendAgain;
    }
}

/// <summary>The last failure of repeating alerts to each Alertmanager; a repetition has no delivery of its own.</summary>
public sealed class ReminderState(TimeProvider time, ILogger<ReminderState> log)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (DateTimeOffset At, string Detail)> _failing = new(
        StringComparer.Ordinal
    );

    /// <summary>Since when and why, or null when the last repetition reached every address.</summary>
    public (DateTimeOffset At, string Detail)? FailureOf(string receiver) =>
        _failing.TryGetValue(receiver, out var failure) ? failure : null;

    internal void Report(Receiver receiver, SendOutcome outcome)
    {
        if (outcome.Detail is not { } detail)
        {
            if (_failing.TryRemove(receiver.Name, out _))
                log.RemindersTaken(receiver.Name);
        }
        else if (_failing.TryAdd(receiver.Name, (time.GetUtcNow(), detail)))
        {
            log.RemindersRefused(receiver.Name, detail);
        }
    }
}

/// <summary>Runs the pipeline when something is due or was added.</summary>
internal sealed class DeliveryLoop(
    DeliveryPipeline pipeline,
    NotificationOutbox outbox,
    ReceiverCatalog receivers,
    FailureLog failures,
    TimeProvider time,
    ILogger<DeliveryLoop> log
) : BackgroundService, IHostedLifecycleService
{
    // Also the longest delay for a notification whose writer died before it could wake the pipeline.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);

    public Task StartingAsync(CancellationToken cancellationToken) => receivers.LoadAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = LongestWait;
            try
            {
                if (await pipeline.RunAsync(stoppingToken) is { } next && next - time.GetUtcNow() < wait)
                    wait = next - time.GetUtcNow();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever fails in a pass is tried again: telling people is the last thing that may stop.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (failures.IsDue("delivery"))
                    log.PassFailed(failure);
            }

            try
            {
                await outbox.WaitAsync(wait < ShortestWait ? ShortestWait : wait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}

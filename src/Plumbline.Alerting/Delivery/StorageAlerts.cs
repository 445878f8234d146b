using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// Tells every receiver that the data folder takes no writes, and when it does again. Past the outbox, silences and records, which are on
/// the disk that fails: what was said to whom is kept in memory. A receiver that does not answer is tried again; an Alertmanager is
/// reminded, because alerts end there by themselves.
/// </summary>
internal sealed class StorageAlerts(
    StorageState storage,
    ReceiverCatalog receivers,
    MessageSending sending,
    DeliveryOptions options,
    TimeProvider time,
    ILogger<StorageAlerts> log
) : BackgroundService
{
    /// <summary>An outage that is over sooner is not told: one write may fail for reasons of its own.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestEndWait = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;
    private DateTimeOffset? _endedAt;
    private string _problem = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
                await Task.Delay(Look, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        var (now, snapshot) = (time.GetUtcNow(), storage.Snapshot);
        if (snapshot is { Problem: { } problem, Since: { } since } && now - since >= Patience)
        {
            // An outage that comes back before its end was told to all is the same one to them.
            if (_since is null || _endedAt is not null)
                (_since, _endedAt) = (_since ?? since, null);
            _problem = problem;
            await SendAsync([.. receivers.All.Where(receiver => receiver.Declared.Enabled && IsDue(receiver, now))], now, cancellation);
        }
        else if (_since is not null && snapshot.Problem is null)
        {
            if (_endedAt is null)
            {
                _endedAt = now;
                _next.Clear();
            }

            await SendAsync(
                [.. receivers.All.Where(receiver => _told.ContainsKey(receiver.Name) && now >= _next.GetValueOrDefault(receiver.Name))],
                now,
                cancellation
            );
            foreach (var gone in _told.Keys.Where(name => receivers.Find(name) is null).ToList())
                _told.Remove(gone);
            if (_told.Count == 0 || now - _endedAt > LongestEndWait)
                Forget();
        }
    }

    private bool IsDue(Receiver receiver, DateTimeOffset now) =>
        now >= _next.GetValueOrDefault(receiver.Name)
        && (!_told.TryGetValue(receiver.Name, out var at) || (receiver.Kind.NeedsReminders && now - at >= options.ReminderInterval));

    private Task SendAsync(List<Receiver> to, DateTimeOffset now, CancellationToken cancellation) =>
        Task.WhenAll(to.Select(receiver => SendAsync(receiver, now, cancellation)));

    private async Task SendAsync(Receiver receiver, DateTimeOffset now, CancellationToken cancellation)
    {
        var outcome = await sending.SendUnrecordedAsync(receiver, Make(), cancellation);
        lock (_told)
        {
            if (outcome.Verdict == SendVerdict.Retry)
            {
                _next[receiver.Name] = now + TryAgain;
                return;
            }

            if (outcome.Verdict == SendVerdict.Refused)
                log.StorageAlertRefused(receiver.Name, outcome.Detail);
            if (_endedAt is null)
                _told[receiver.Name] = now;
            else
                _told.Remove(receiver.Name);
        }
    }

    private Notification Make() =>
        new()
        {
            Key = string.Create(
                CultureInfo.InvariantCulture,
                $"storage-{_since!.Value.ToUnixTimeSeconds()}-{(_endedAt is null ? "opened" : "resolved")}"
            ),
            Kind = _endedAt is null ? NotificationKind.Opened : NotificationKind.Resolved,
            Model = "plumbline",
            Severity = AlertSeverity.Critical,
            Headline = _endedAt is null ? "Plumbline cannot store anything" : "Plumbline stores again",
            Body = _endedAt is null
                ? $"{_problem}\nUntil then events are refused, windows are not computed, and incidents are neither opened nor told."
                : $"The data folder takes writes again. What was wrong: {_problem}",
            StartedAt = _since!.Value,
            ResolvedAt = _endedAt,
            Path = Links.Self,
            Labels = ImmutableDictionary<string, string>.Empty.Add("alertname", "PlumblineStorage"),
        };

    private void Forget()
    {
        (_since, _endedAt) = (null, null);
        _told.Clear();
        _next.Clear();
    }
}

using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// The first half of the pipeline: from the outbox to messages that wait to be sent. <see cref="_stages"/> is the list; each stage either
/// lets a notification pass or ends its way with a reason, which is recorded.
/// </summary>
public sealed class NotificationRouting
{
    private const int MostAtOnce = 100;
    private const int MostInOneMessage = 500;

    private readonly IDbContextFactory<StateDbContext> _state;
    private readonly Silences _silences;
    private readonly ReceiverCatalog _receivers;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly (string Name, Func<Passage, CancellationToken, Task> Run)[] _stages;

    public NotificationRouting(
        IDbContextFactory<StateDbContext> state,
        Silences silences,
        ReceiverCatalog receivers,
        DeliveryOptions options,
        TimeProvider time
    )
    {
        (_state, _silences, _receivers, _options, _time) = (state, silences, receivers, options, time);
        _stages =
        [
            ("silence", SilenceAsync),
            ("inhibit", InhibitAsync),
            ("route", RouteAsync),
            ("deduplicate", DeduplicateAsync),
            ("group and wait", GroupAsync),
        ];
    }

    /// <summary>Names of the stages in order; sending and recording follow.</summary>
    public IEnumerable<string> Stages => _stages.Select(stage => stage.Name);

    /// <summary>
    /// Takes what is in the outbox. Each notification is decided in one transaction: after a crash it is either still there, or its
    /// messages are.
    /// </summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var taken = 0;
        while (true)
        {
            await using var db = await _state.CreateDbContextAsync(cancellation);
            var rows = await db
                .Notifications.Where(row => row.RoutedAtMs == null)
                .OrderBy(row => row.Id)
                .Take(MostAtOnce)
                .ToListAsync(cancellation);
            foreach (var row in rows)
            {
                var notification = NotificationOutbox.Read(row.Content);
                var passage = new Passage(db, row, notification, await ToldAsync(db, notification, cancellation), _time.GetUtcNow());
                foreach (var (_, run) in _stages)
                {
                    await run(passage, cancellation);
                    if (passage.IsOver)
                        break;
                }

                row.RoutedAtMs = passage.Now.ToUnixTimeMilliseconds();
                // One SaveChanges is one transaction: the decision and its messages together.
                await db.SaveChangesAsync(cancellation);
            }

            taken += rows.Count;
            if (rows.Count < MostAtOnce)
                return taken;
        }
    }

    // Who was told at once, not only by the digest, that the incident of a resolution began.
    private static async Task<IReadOnlyList<string>> ToldAsync(
        StateDbContext db,
        Notification notification,
        CancellationToken cancellation
    ) =>
        notification is not { Kind: NotificationKind.Resolved, IncidentId: { } incident }
            ? []
            : await db
                .Deliveries.Where(row => row.Receiver != "" && !row.IsDigest && row.Items.Any(item => item.IncidentId == incident))
                .Select(row => row.Receiver)
                .Distinct()
                .ToListAsync(cancellation);

    private async Task SilenceAsync(Passage passage, CancellationToken cancellation)
    {
        // Who was told of the beginning is told of the end.
        if (passage.IsEnd || await _silences.FindAsync(Silence.LabelsOf(passage.Notification), cancellation) is not { } silence)
            return;
        passage.End(DeliveryState.Silenced, $"silence {silence.Id} of {silence.CreatedBy}: {silence.Comment}");
    }

    private static Task InhibitAsync(Passage passage, CancellationToken cancellation)
    {
        if (!passage.IsEnd && passage.Notification.InhibitedBy is { } cause)
            passage.End(DeliveryState.Inhibited, $"caused by {cause}");
        return Task.CompletedTask;
    }

    private Task RouteAsync(Passage passage, CancellationToken cancellation)
    {
        var notification = passage.Notification;
        if (passage.IsEnd)
        {
            passage.Receivers.AddRange(
                _receivers.All.Where(receiver => receiver.Declared.Enabled && passage.Told.Contains(receiver.Name, StringComparer.Ordinal))
            );
            if (passage.Receivers.Count == 0)
                passage.End(DeliveryState.Unrouted, "nobody was told that it began");
            return Task.CompletedTask;
        }

        passage.Receivers.AddRange(
            _receivers.All.Where(receiver =>
                receiver.Declared.Enabled
                && receiver.Covers(notification.Model)
                && (passage.IsDigest ? receiver.Declared.Digest : notification.Severity >= receiver.MinimumSeverity)
            )
        );
        if (passage.Receivers.Count == 0)
        {
            passage.End(
                DeliveryState.Unrouted,
                passage.IsDigest ? "no receiver takes the digest of this model" : "no receiver takes this model and severity"
            );
        }

        return Task.CompletedTask;
    }

    private static async Task DeduplicateAsync(Passage passage, CancellationToken cancellation)
    {
        var key = passage.Notification.Key;
        var told = await passage
            .Db.DeliveryItems.Where(item => item.Key == key && item.Receiver != "")
            .Select(item => item.Receiver)
            .ToListAsync(cancellation);
        passage.Receivers.RemoveAll(receiver => told.Contains(receiver.Name, StringComparer.Ordinal));
        if (passage.Receivers.Count == 0)
            passage.End(DeliveryState.Duplicate, "told before with the same key");
    }

    private async Task GroupAsync(Passage passage, CancellationToken cancellation)
    {
        foreach (var receiver in passage.Receivers)
        {
            if (receiver.Kind.TakesSingles)
                passage.AddMessage(receiver, passage.IncidentGroup, passage.Now, isSealed: true);
            else
                await JoinAsync(passage, receiver, cancellation);
        }
    }

    private async Task JoinAsync(Passage passage, Receiver receiver, CancellationToken cancellation)
    {
        var group = passage.IsDigest ? $"digest:{passage.Notification.Model}" : passage.Notification.GroupKey ?? passage.Notification.Model;
        var open = await passage.Db.Deliveries.FirstOrDefaultAsync(
            row =>
                row.Receiver == receiver.Name
                && row.GroupKey == group
                && row.IsDigest == passage.IsDigest
                && row.State == (int)DeliveryState.Waiting
                && row.SealedAtMs == null,
            cancellation
        );
        if (
            open is not null
            && await passage.Db.DeliveryItems.CountAsync(item => item.DeliveryId == open.Id, cancellation) < MostInOneMessage
        )
        {
            passage.Join(open);
            return;
        }

        passage.AddMessage(
            receiver,
            group,
            passage.IsDigest ? DigestTime.Next(passage.Now, _options) : passage.Now + _options.GroupWait,
            isSealed: false
        );
    }

    /// <summary>One notification on its way.</summary>
    private sealed class Passage(
        StateDbContext db,
        NotificationRow row,
        Notification notification,
        IReadOnlyList<string> told,
        DateTimeOffset now
    )
    {
        public StateDbContext Db => db;

        public Notification Notification => notification;

        public DateTimeOffset Now => now;

        public IReadOnlyList<string> Told => told;

        public List<Receiver> Receivers { get; } = [];

        public bool IsOver { get; private set; }

        /// <summary>Severity and kind both keep out of the pager.</summary>
        public bool IsDigest => !IsEnd && (notification.Severity == AlertSeverity.Digest || notification.Kind == NotificationKind.Digest);

        /// <summary>
        /// The end of an incident that somebody was told of. It counts as that even when the incident was harmless in the end: a pager must
        /// hear that it is over.
        /// </summary>
        public bool IsEnd =>
            notification.Kind == NotificationKind.Resolved
            && notification.IncidentId is not null
            && (told.Count > 0 || notification.Severity != AlertSeverity.Digest);

        public string IncidentGroup => notification.IncidentId is { } id ? $"incident:{id}" : $"key:{notification.Key}";

        public void End(DeliveryState state, string reason)
        {
            IsOver = true;
            var record = Message("", notification.GroupKey ?? notification.Model, now);
            (record.State, record.Key, record.FinishedAtMs, record.SealedAtMs, record.Detail) = (
                (int)state,
                notification.Key,
                now.ToUnixTimeMilliseconds(),
                now.ToUnixTimeMilliseconds(),
                reason
            );
            Attach(record);
        }

        public void AddMessage(Receiver receiver, string group, DateTimeOffset due, bool isSealed)
        {
            var message = Message(receiver.Name, group, due);
            if (isSealed)
                (message.SealedAtMs, message.Key) = (now.ToUnixTimeMilliseconds(), notification.Key);
            Attach(message);
        }

        public void Join(DeliveryRow open) => db.DeliveryItems.Add(Item(open));

        private DeliveryRow Message(string receiver, string group, DateTimeOffset due) =>
            new()
            {
                Receiver = receiver,
                Key = "",
                GroupKey = group,
                Model = notification.Model,
                IsDigest = IsDigest,
                CreatedAtMs = now.ToUnixTimeMilliseconds(),
                DueAtMs = due.ToUnixTimeMilliseconds(),
            };

        private void Attach(DeliveryRow message)
        {
            db.Deliveries.Add(message);
            message.Items.Add(Item(message));
        }

        private DeliveryItemRow Item(DeliveryRow message) =>
            new()
            {
                DeliveryId = message.Id,
                NotificationId = row.Id,
                Receiver = message.Receiver,
                Key = notification.Key,
                IncidentId = notification.IncidentId,
            };
    }
}

/// <summary>When the digest leaves.</summary>
internal static class DigestTime
{
    /// <summary>The next time that the digest's clock shows its hour, later than <paramref name="now"/>.</summary>
    public static DateTimeOffset Next(DateTimeOffset now, DeliveryOptions options)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var day = TimeZoneInfo.ConvertTime(now, zone).Date;
        while (true)
        {
            var local = day.AddHours(options.DigestHour);
            // In the hour that summer time skips, an hour later.
            if (zone.IsInvalidTime(local))
                local = local.AddHours(1);
            var at = new DateTimeOffset(local, zone.GetUtcOffset(local));
            if (at > now)
                return at.ToUniversalTime();
            day = day.AddDays(1);
        }
    }
}

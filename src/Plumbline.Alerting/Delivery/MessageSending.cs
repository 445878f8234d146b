using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// The second half of the pipeline: seal what has waited long enough, send it, record what became of it. The attempt is written before it
/// is made and its outcome after, so that a crash in between repeats it with the same key: at least once, and recognisable.
/// </summary>
public sealed class MessageSending(
    IDbContextFactory<StateDbContext> state,
    ReceiverCatalog receivers,
    IEnumerable<IReceiverClient> clients,
    DeliveryInstruments instruments,
    DeliveryOptions options,
    TimeProvider time,
    ILogger<MessageSending> log
)
{
    // Receivers are served side by side; one that is slow holds the next look up for this many messages at most.
    private const int MostForOneReceiver = 20;
    private const int MaxDetail = 500;

    private readonly Dictionary<Type, IReceiverClient> _clients = clients.ToDictionary(client => client.GetType());

    // A receiver that does not answer is left alone for a while, whatever else waits for it.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _resting = new(StringComparer.Ordinal);

    /// <summary>Sends what is due. Returns when to look again, or null when nothing waits.</summary>
    public async Task<DateTimeOffset?> RunAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var waiting = await db
            .Deliveries.AsNoTracking()
            .Where(row => row.State == (int)DeliveryState.Waiting)
            .OrderBy(row => row.Id)
            .Select(row => new WaitingMessage(row.Id, row.Receiver, row.GroupKey, row.DueAtMs))
            .ToListAsync(cancellation);
        var now = time.GetUtcNow();
        var looks = await Task.WhenAll(
            waiting
                .GroupBy(message => message.Receiver, StringComparer.Ordinal)
                .Select(group => (group, rest: _resting.GetValueOrDefault(group.Key)))
                .ToList()
                .Select(async pair =>
                    pair.rest > now
                        ? (pair.group.Key, Again: pair.rest, RestUntil: pair.rest)
                        : await ServeAsync(pair.group.Key, [.. pair.group], cancellation)
                )
        );
        foreach (var (receiver, _, rest) in looks)
        {
            if (rest > now)
                _resting[receiver] = rest;
            else
                _resting.TryRemove(receiver, out _);
        }

        return looks.Length == 0 ? null : looks.Min(look => look.Again);
    }

    /// <summary>One attempt outside of the pipeline: the test button.</summary>
    public async Task<(long DeliveryId, SendOutcome Outcome)> TestAsync(
        Receiver receiver,
        Notification notification,
        CancellationToken cancellation
    )
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var told = new NotificationRow
        {
            Key = notification.Key,
            Model = notification.Model,
            Kind = (int)notification.Kind,
            Content = NotificationOutbox.Write(notification),
            CreatedAtMs = nowMs,
            RoutedAtMs = nowMs,
        };
        db.Notifications.Add(told);
        await db.SaveChangesAsync(cancellation);
        // Already failed when it begins: a test that nobody saw the end of is not sent again.
        var row = new DeliveryRow
        {
            Receiver = receiver.Name,
            Key = notification.Key,
            GroupKey = $"key:{notification.Key}",
            Model = notification.Model,
            State = (int)DeliveryState.Failed,
            CreatedAtMs = nowMs,
            DueAtMs = nowMs,
            SealedAtMs = nowMs,
            LastAttemptMs = nowMs,
            FinishedAtMs = nowMs,
            Attempts = 1,
            Detail = "interrupted",
        };
        row.Items.Add(
            new DeliveryItemRow
            {
                NotificationId = told.Id,
                Receiver = receiver.Name,
                Key = notification.Key,
            }
        );
        db.Deliveries.Add(row);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        var outcome = await AttemptAsync(
            receiver,
            new OutgoingMessage(notification.Key, receiver, IsDigest: false, [notification], 1),
            cancellation
        );
        (row.State, row.Detail, row.FinishedAtMs) = (
            (int)(outcome.Verdict == SendVerdict.Delivered ? DeliveryState.Delivered : DeliveryState.Failed),
            Cut(outcome.Detail),
            time.GetUtcNow().ToUnixTimeMilliseconds()
        );
        await db.SaveChangesAsync(CancellationToken.None);
        return (row.Id, outcome);
    }

    /// <summary>One attempt of which nothing is written down: for what must be told although the disk fails.</summary>
    internal Task<SendOutcome> SendUnrecordedAsync(Receiver receiver, Notification notification, CancellationToken cancellation) =>
        AttemptAsync(
            receiver,
            new OutgoingMessage(notification.Key, receiver, IsDigest: false, [notification], 1) { IsUnrecorded = true },
            cancellation
        );

    /// <summary>Tries everything that waits for a receiver at once: somebody has just mended it.</summary>
    public async Task HurryAsync(string receiver, CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .Deliveries.Where(row =>
                row.Receiver == receiver && row.State == (int)DeliveryState.Waiting && row.Attempts > 0 && row.DueAtMs > nowMs
            )
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAtMs, nowMs), cancellation);
        _resting.TryRemove(receiver, out _);
    }

    // The messages of one receiver: those of one group in order, and none past one of its group that still waits.
    private async Task<(string Receiver, DateTimeOffset Again, DateTimeOffset RestUntil)> ServeAsync(
        string name,
        IReadOnlyList<WaitingMessage> messages,
        CancellationToken cancellation
    )
    {
        var again = DateTimeOffset.MaxValue;
        var served = 0;
        var behind = new HashSet<string>(StringComparer.Ordinal);
        // What was due earlier goes first, so that a message which always fails does not hold up the others.
        var heads = messages
            .GroupBy(message => message.GroupKey, StringComparer.Ordinal)
            .OrderBy(group => group.First().DueAtMs)
            .SelectMany(group => group);
        foreach (var message in heads)
        {
            if (behind.Contains(message.GroupKey))
                continue;
            var due = DateTimeOffset.FromUnixTimeMilliseconds(message.DueAtMs);
            if (due <= time.GetUtcNow() && served++ < MostForOneReceiver)
            {
                if (await SendAsync(message.Id, name, cancellation) is not var (retryAt, isUnreachable))
                    continue;
                if (isUnreachable)
                    return (name, retryAt, retryAt);
                due = retryAt;
            }

            behind.Add(message.GroupKey);
            again = due < again ? due : again;
        }

        return (name, again, default);
    }

    /// <summary>Sends one message. Returns when to try again, or null when it is finished.</summary>
    private async Task<(DateTimeOffset RetryAt, bool IsUnreachable)?> SendAsync(long id, string name, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Deliveries.Include(delivery => delivery.Items).FirstAsync(delivery => delivery.Id == id, cancellation);
        var ids = row.Items.Select(item => item.NotificationId).ToList();
        var notifications = (
            await db
                .Notifications.AsNoTracking()
                .Where(notification => ids.Contains(notification.Id))
                .OrderBy(notification => notification.Id)
                .ToListAsync(cancellation)
        )
            .Select(notification => NotificationOutbox.Read(notification.Content))
            .ToImmutableArray();
        if (receivers.Find(name) is not { } receiver)
            return await FinishAsync(db, row, DeliveryState.Failed, "the receiver was removed", cancellation);
        if (!receiver.Declared.Enabled)
            return await FinishAsync(db, row, DeliveryState.Failed, "the receiver is switched off", cancellation);
        if (notifications.IsEmpty)
            return await FinishAsync(db, row, DeliveryState.Failed, "its notifications are gone", cancellation);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (row.SealedAtMs is null)
            (row.SealedAtMs, row.Key) = (nowMs, KeyOf(row.Items));
        row.Attempts++;
        row.LastAttemptMs = nowMs;
        await db.SaveChangesAsync(cancellation);
        var outcome = await AttemptAsync(
            receiver,
            new OutgoingMessage(row.Key, receiver, row.IsDigest, notifications, row.Attempts),
            cancellation
        );
        return await RecordAsync(db, row, outcome, cancellation);
    }

    private async Task<SendOutcome> AttemptAsync(Receiver receiver, OutgoingMessage message, CancellationToken cancellation)
    {
        if (receiver.SecretsLost)
            return new SendOutcome(SendVerdict.Retry, "its stored secrets cannot be read; set them again");
        using var run = instruments.Attempt.Start(receiver.Name);
        try
        {
            var outcome = await _clients[receiver.Kind.Client].SendAsync(message, cancellation);
            if (outcome.Verdict != SendVerdict.Delivered)
                run.Failed(outcome.Verdict.ToString(), outcome.Detail ?? "");
            return outcome;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // One receiver's surprise must not stop the others; the message is tried again and finally given up.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            run.Failed(failure.GetType().Name, receiver.Redact(failure.Message));
            log.SendingFailed(receiver.Name, failure.GetType().Name, receiver.Redact(failure.Message));
            return new SendOutcome(SendVerdict.Retry, receiver.Redact($"{failure.GetType().Name}: {failure.Message}"));
        }
    }

    private async Task<(DateTimeOffset RetryAt, bool IsUnreachable)?> RecordAsync(
        StateDbContext db,
        DeliveryRow row,
        SendOutcome outcome,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (outcome.Verdict == SendVerdict.Delivered)
            return await FinishAsync(db, row, DeliveryState.Delivered, outcome.Detail, cancellation);
        var givenUp = now - DateTimeOffset.FromUnixTimeMilliseconds(row.SealedAtMs!.Value) >= options.GiveUpAfter;
        if (outcome.Verdict == SendVerdict.Refused || givenUp)
        {
            var reason = givenUp
                ? $"given up after {DurationText.Format(options.GiveUpAfter)}: {outcome.Detail}"
                : $"refused: {outcome.Detail}";
            log.MessageGivenUp(row.Receiver, row.Key, row.Attempts, reason);
            return await FinishAsync(db, row, DeliveryState.Failed, reason, cancellation);
        }

        var retryAt = now + RetrySchedule.Pause(row.Key, row.Attempts, options.RetryPause, outcome.RetryAfter);
        (row.DueAtMs, row.Detail) = (retryAt.ToUnixTimeMilliseconds(), Cut(outcome.Detail));
        await db.SaveChangesAsync(cancellation);
        log.MessageNotDelivered(row.Receiver, row.Attempts, row.Detail);
        return (retryAt, outcome.IsUnreachable);
    }

    private async Task<(DateTimeOffset RetryAt, bool IsUnreachable)?> FinishAsync(
        StateDbContext db,
        DeliveryRow row,
        DeliveryState end,
        string? detail,
        CancellationToken cancellation
    )
    {
        (row.State, row.Detail, row.FinishedAtMs) = ((int)end, Cut(detail), time.GetUtcNow().ToUnixTimeMilliseconds());
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    private static string? Cut(string? detail) => detail is null ? null : MessageWords.Cut(detail, MaxDetail);

    // One notification's own key, or one made of all of them.
    private static string KeyOf(IReadOnlyCollection<DeliveryItemRow> items) =>
        items.Count == 1
            ? items.First().Key
            : "group-"
                + Convert.ToHexStringLower(
                    SHA256.HashData(
                        Encoding.UTF8.GetBytes(
                            string.Join(
                                '\n',
                                items
                                    .Select(item => item.NotificationId.ToString(CultureInfo.InvariantCulture) + ' ' + item.Key)
                                    .Order(StringComparer.Ordinal)
                            )
                        )
                    )
                )[..32];

    private sealed record WaitingMessage(long Id, string Receiver, string GroupKey, long DueAtMs);
}

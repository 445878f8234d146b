using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery;

/// <summary>Which deliveries to show. Null for all.</summary>
public sealed record DeliveryQuery
{
    public const int MaxLimit = 500;
    public const int DefaultLimit = 50;

    public string? Receiver { get; init; }

    public DeliveryState? State { get; init; }

    public string? Model { get; init; }

    public long? IncidentId { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Only those older than this number.</summary>
    public long? Before { get; init; }
}

/// <summary>A delivery with what it tells.</summary>
public sealed record DeliveryRecord(
    long Id,
    string? Receiver,
    DeliveryState State,
    string Key,
    string Model,
    bool IsDigest,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    int Attempts,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? FinishedAt,
    string? Detail,
    IReadOnlyList<Notification> Notifications
);

/// <param name="Next">Cursor of the following page, or null.</param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryRecord> Deliveries, string? Next);

/// <summary>Counts and last events of one receiver.</summary>
public sealed record ReceiverFigures(
    long Waiting,
    long Delivered,
    long Failed,
    DateTimeOffset? LastDeliveredAt,
    DateTimeOffset? LastFailedAt,
    string? Trouble,
    DateTimeOffset? TroubleSince
)
{
    public static readonly ReceiverFigures None = new(0, 0, 0, null, null, null, null);
}

/// <summary>Counts over everything, for the health page.</summary>
public sealed record DeliveryTotals(
    long NotRouted,
    long Waiting,
    long Retrying,
    long Delivered,
    long Failed,
    long Silenced,
    long Inhibited,
    long Unrouted,
    DateTimeOffset? OldestRetrying,
    string? LastFailure
);

/// <summary>Reads what the pipeline recorded, and forgets it when it is old.</summary>
public sealed class DeliveryHistory(
    IDbContextFactory<StateDbContext> state,
    ReminderState reminders,
    DeliveryOptions options,
    TimeProvider time
)
{
    /// <summary>A page of deliveries, newest first.</summary>
    public async Task<DeliveryPage> PageAsync(DeliveryQuery query, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = db.Deliveries.AsNoTracking();
        if (query.Receiver is { } receiver)
            rows = rows.Where(row => row.Receiver == receiver);
        if (query.State is { } wanted)
            rows = rows.Where(row => row.State == (int)wanted);
        if (query.Model is { } model)
            rows = rows.Where(row => row.Model == model);
        if (query.IncidentId is { } incident)
            rows = rows.Where(row => row.Items.Any(item => item.IncidentId == incident));
        if (query.From?.ToUnixTimeMilliseconds() is { } from)
            rows = rows.Where(row => row.CreatedAtMs >= from);
        if (query.To?.ToUnixTimeMilliseconds() is { } to)
            rows = rows.Where(row => row.CreatedAtMs < to);
        if (query.Before is { } before)
            rows = rows.Where(row => row.Id < before);
        var page = await rows.OrderByDescending(row => row.Id).Take(query.Limit + 1).Include(row => row.Items).ToListAsync(cancellation);
        var shown = page.Take(query.Limit).ToList();
        var ids = shown.SelectMany(row => row.Items).Select(item => item.NotificationId).Distinct().ToList();
        var notifications = (
            await db.Notifications.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancellation)
        ).ToDictionary(row => row.Id, row => NotificationOutbox.Read(row.Content));
        return new DeliveryPage(
            [.. shown.Select(row => Read(row, notifications))],
            page.Count > query.Limit ? shown[^1].Id.ToString(CultureInfo.InvariantCulture) : null
        );
    }

    /// <summary>The figures of every receiver that has any.</summary>
    public async Task<IReadOnlyDictionary<string, ReceiverFigures>> ReceiversAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var counts = await db
            .Deliveries.Where(row => row.Receiver != "")
            .GroupBy(row => new { row.Receiver, row.State })
            .Select(group => new
            {
                group.Key.Receiver,
                group.Key.State,
                Count = group.LongCount(),
                Last = group.Max(row => row.FinishedAtMs),
            })
            .ToListAsync(cancellation);
        var troubled = await db
            .Deliveries.AsNoTracking()
            .Where(row => row.State == (int)DeliveryState.Waiting && row.Attempts > 0)
            .OrderBy(row => row.SealedAtMs)
            .Select(row => new
            {
                row.Receiver,
                row.Detail,
                row.SealedAtMs,
            })
            .Take(1000)
            .ToListAsync(cancellation);
        return counts
            .GroupBy(count => count.Receiver, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group =>
                {
                    var trouble = troubled.FirstOrDefault(row => row.Receiver == group.Key);
                    var reminder = reminders.FailureOf(group.Key);
                    return new ReceiverFigures(
                        Count(DeliveryState.Waiting),
                        Count(DeliveryState.Delivered),
                        Count(DeliveryState.Failed),
                        Last(DeliveryState.Delivered),
                        Last(DeliveryState.Failed),
                        trouble?.Detail ?? reminder?.Detail,
                        trouble is null ? reminder?.At : TimeOf(trouble.SealedAtMs)
                    );

                    long Count(DeliveryState wanted) => group.FirstOrDefault(count => count.State == (int)wanted)?.Count ?? 0;
                    DateTimeOffset? Last(DeliveryState wanted) => TimeOf(group.FirstOrDefault(count => count.State == (int)wanted)?.Last);
                },
                StringComparer.Ordinal
            );
    }

    /// <summary>The figures of all receivers together.</summary>
    public async Task<DeliveryTotals> TotalsAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var counts = await db
            .Deliveries.GroupBy(row => row.State)
            .Select(group => new { group.Key, Count = group.LongCount() })
            .ToDictionaryAsync(group => (DeliveryState)group.Key, group => group.Count, cancellation);
        var retrying = db.Deliveries.Where(row => row.State == (int)DeliveryState.Waiting && row.Attempts > 0);
        var last = await db
            .Deliveries.AsNoTracking()
            .Where(row => row.State == (int)DeliveryState.Failed)
            .OrderByDescending(row => row.Id)
            .Select(row => new { row.Receiver, row.Detail })
            .FirstOrDefaultAsync(cancellation);
        return new DeliveryTotals(
            await db.Notifications.LongCountAsync(row => row.RoutedAtMs == null, cancellation),
            Of(DeliveryState.Waiting),
            await retrying.LongCountAsync(cancellation),
            Of(DeliveryState.Delivered),
            Of(DeliveryState.Failed),
            Of(DeliveryState.Silenced),
            Of(DeliveryState.Inhibited),
            Of(DeliveryState.Unrouted),
            TimeOf(await retrying.MinAsync(row => row.SealedAtMs, cancellation)),
            last is null ? null : $"{last.Receiver}: {last.Detail}"
        );

        long Of(DeliveryState wanted) => counts.GetValueOrDefault(wanted);
    }

    /// <summary>
    /// Forgets finished deliveries that are older than the option <c>history</c>, except those of an incident whose end was not told yet:
    /// who must be told of the end is known from them.
    /// </summary>
    public async Task CleanAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var before = time.GetUtcNow().Subtract(options.History).ToUnixTimeMilliseconds();
        var (notifications, items) = (db.Notifications, db.DeliveryItems);
        var old = db.Deliveries.Where(row =>
            row.State != (int)DeliveryState.Waiting
            && row.FinishedAtMs < before
            && !row.Items.Any(item =>
                item.IncidentId != null
                && !notifications.Any(end => end.IncidentId == item.IncidentId && end.Kind == (int)NotificationKind.Resolved)
            )
        );
        await db.DeliveryItems.Where(item => old.Any(row => row.Id == item.DeliveryId)).ExecuteDeleteAsync(cancellation);
        await db
            .Deliveries.Where(row => row.State != (int)DeliveryState.Waiting && row.FinishedAtMs < before && !row.Items.Any())
            .ExecuteDeleteAsync(cancellation);
        await db
            .Notifications.Where(row => row.RoutedAtMs < before && !items.Any(item => item.NotificationId == row.Id))
            .ExecuteDeleteAsync(cancellation);
        await db.Silences.Where(row => row.EndsAtMs < before).ExecuteDeleteAsync(cancellation);
    }

    private static DeliveryRecord Read(DeliveryRow row, Dictionary<long, Notification> notifications) =>
        new(
            row.Id,
            row.Receiver.Length == 0 ? null : row.Receiver,
            (DeliveryState)row.State,
            row.Key,
            row.Model,
            row.IsDigest,
            TimeOf(row.CreatedAtMs)!.Value,
            row.State == (int)DeliveryState.Waiting ? TimeOf(row.DueAtMs) : null,
            row.Attempts,
            TimeOf(row.LastAttemptMs),
            TimeOf(row.FinishedAtMs),
            row.Detail,
            [
                .. row
                    .Items.OrderBy(item => item.NotificationId)
                    .Select(item => notifications.GetValueOrDefault(item.NotificationId))
                    .OfType<Notification>(),
            ]
        );

    private static DateTimeOffset? TimeOf(long? milliseconds) =>
        milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}

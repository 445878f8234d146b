using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery.Receivers.Alertmanager;

/// <summary>
/// The v2 API of Alertmanager. An alert there is a label set that somebody keeps repeating: so every alert that was sent is remembered in
/// the state database, repeated before it ends, and after its end repeated as resolved for a while. It goes to every address of the
/// cluster; one that accepts it is enough for the delivery, the repetitions reach the others when they are back.
/// </summary>
public sealed class AlertmanagerClient(
    OutboundHttp http,
    MessageLinks links,
    IDbContextFactory<StateDbContext> state,
    ModelCatalog models,
    DeliveryOptions options,
    TimeProvider time
) : IRemindingClient
{
    /// <summary>What all our alerts are called there.</summary>
    public const string AlertName = "PlumblineIncident";

    // An alert outlives this many missed repetitions.
    private const int EndsAfterReminders = 5;
    private static readonly TimeSpan RepeatResolved = TimeSpan.FromMinutes(15);

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        var rows =
            message.Notifications.Any(notification => notification.Kind == NotificationKind.Test) ? [.. message.Notifications.Select(Test)]
            : message.IsUnrecorded ? [.. message.Notifications.Select(Unrecorded)]
            : await RememberAsync(message, cancellation);
        return await PostAsync(message.Receiver, rows, cancellation);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RemindAsync(
        ReceiverCatalog receivers,
        Action<Receiver, SendOutcome> report,
        CancellationToken cancellation
    )
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var over = now.Subtract(RepeatResolved).ToUnixTimeMilliseconds();
        await db
            .RemindedAlerts.Where(row => row.ResolvedAtMs != null && row.DueAtMs <= nowMs && row.ResolvedAtMs < over)
            .ExecuteDeleteAsync(cancellation);
        var due = await db.RemindedAlerts.Where(row => row.DueAtMs <= nowMs).ToListAsync(cancellation);
        foreach (var row in due)
        {
            row.DueAtMs = nowMs + (long)options.ReminderInterval.TotalMilliseconds;
            // With its model gone nobody will ever say that it is over.
            if (models.Find(NotificationOutbox.Read(row.Content).Model) is null)
                row.ResolvedAtMs ??= nowMs;
        }

        // Known first, sent then: a crash in between costs one repetition of five.
        await db.SaveChangesAsync(cancellation);
        foreach (var group in due.GroupBy(row => row.Receiver, StringComparer.Ordinal))
        {
            if (receivers.Find(group.Key) is not { Kind: AlertmanagerReceiver } receiver)
                await db.RemindedAlerts.Where(row => row.Receiver == group.Key).ExecuteDeleteAsync(cancellation);
            else if (receiver.Declared.Enabled)
                report(receiver, await PostAsync(receiver, [.. group], cancellation));
        }

        return await db.RemindedAlerts.MinAsync(row => (long?)row.DueAtMs, cancellation) is { } next
            ? DateTimeOffset.FromUnixTimeMilliseconds(next)
            : null;
    }

    // Written before it is sent: an alert that an Alertmanager knows and we do not would end by itself in the middle of the incident.
    private async Task<List<RemindedAlertRow>> RememberAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var touched = new Dictionary<string, RemindedAlertRow>(StringComparer.Ordinal);
        foreach (var notification in message.Notifications)
        {
            var identity = Identity(notification);
            var known = await db
                .RemindedAlerts.Where(row =>
                    row.Receiver == message.Receiver.Name
                    && (row.Identity == identity || (row.IncidentId != null && row.IncidentId == notification.IncidentId))
                )
                .ToListAsync(cancellation);
            var isOver = notification.Kind == NotificationKind.Resolved;
            if (known.All(row => row.Identity != identity) && !isOver)
            {
                var added = new RemindedAlertRow
                {
                    Receiver = message.Receiver.Name,
                    Identity = identity,
                    IncidentId = notification.IncidentId,
                    Content = "",
                };
                db.RemindedAlerts.Add(added);
                known.Add(added);
            }

            foreach (var row in known)
            {
                // An escalation has other labels, which is another alert there: the one of before is over.
                var ends = isOver || row.Identity != identity;
                if (row.Identity == identity && !isOver)
                    row.Content = NotificationOutbox.Write(notification);
                row.ResolvedAtMs = ends ? row.ResolvedAtMs ?? Earlier(notification.ResolvedAt ?? now, now).ToUnixTimeMilliseconds() : null;
                row.DueAtMs = now.Add(options.ReminderInterval).ToUnixTimeMilliseconds();
                touched[row.Identity] = row;
            }
        }

        await db.SaveChangesAsync(cancellation);
        return [.. touched.Values];
    }

    private async Task<SendOutcome> PostAsync(Receiver receiver, IReadOnlyList<RemindedAlertRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return SendOutcome.Delivered;
        var body = JsonSerializer.SerializeToUtf8Bytes(rows.Select(Write), NotificationOutbox.Json);
        var headers = receiver.SecretOf("authorization") is { } authorization ? new[] { ("Authorization", authorization) } : [];
        var outcomes = await Task.WhenAll(
            receiver
                .Declared.Texts("urls")
                .Select(async url =>
                    (
                        url,
                        outcome: await http.PostAsync(receiver, new Uri(url.TrimEnd('/') + "/api/v2/alerts"), body, headers, cancellation)
                    )
                )
        );
        var failed = outcomes.Where(pair => pair.outcome.Verdict != SendVerdict.Delivered).ToList();
        if (failed.Count == 0)
            return SendOutcome.Delivered;
        var detail = string.Join("; ", failed.Select(pair => $"{new Uri(pair.url).Authority}: {pair.outcome.Detail}"));
        if (failed.Count < outcomes.Length)
            return new SendOutcome(SendVerdict.Delivered, $"{outcomes.Length - failed.Count} of {outcomes.Length} accepted it; {detail}");
        return failed.All(pair => pair.outcome.Verdict == SendVerdict.Refused)
            ? new SendOutcome(SendVerdict.Refused, detail)
            : new SendOutcome(SendVerdict.Retry, detail, IsUnreachable: true);
    }

    private Dictionary<string, object?> Write(RemindedAlertRow row)
    {
        var notification = NotificationOutbox.Read(row.Content);
        var endsAt = row.ResolvedAtMs is { } end
            ? DateTimeOffset.FromUnixTimeMilliseconds(end)
            : time.GetUtcNow() + (EndsAfterReminders * options.ReminderInterval);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["labels"] = Labels(notification),
            ["annotations"] = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["summary"] = MessageWords.Cut(notification.Headline, 300),
                ["description"] = MessageWords.Cut(notification.Body, 4000),
            },
            ["startsAt"] = Earlier(notification.StartedAt, endsAt.AddMilliseconds(-1)).UtcDateTime,
            ["endsAt"] = endsAt.UtcDateTime,
            ["generatorURL"] = links.To(notification.Path),
        };
    }

    /// <summary>The identity there. The incident's number is in it, so that two incidents of one model and rule stay two.</summary>
    private static SortedDictionary<string, string> Labels(Notification notification)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertname"] = AlertName,
            ["model"] = notification.Model,
            ["severity"] = MessageWords.Of(notification.Severity),
        };
        foreach (var (name, value) in notification.Labels.Where(pair => pair.Value.Length > 0))
            labels[LabelName(name)] = value;
        if (notification.IncidentId is { } incident)
            labels["incident"] = incident.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return labels;
    }

    // Alertmanager refuses label names outside [a-zA-Z_][a-zA-Z0-9_]*.
    private static string LabelName(string name)
    {
        var clean = new string([.. name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter : '_')]);
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static string Identity(Notification notification) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Labels(notification).Select(pair => $"{pair.Key}={pair.Value}"))))
        );

    private RemindedAlertRow Test(Notification notification) =>
        new()
        {
            Receiver = "",
            Identity = "",
            Content = NotificationOutbox.Write(notification),
            ResolvedAtMs = time.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds(),
        };

    // Whoever sends it repeats it, too.
    private static RemindedAlertRow Unrecorded(Notification notification) =>
        new()
        {
            Receiver = "",
            Identity = "",
            Content = NotificationOutbox.Write(notification),
            ResolvedAtMs = notification.ResolvedAt?.ToUnixTimeMilliseconds(),
        };

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}

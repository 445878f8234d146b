using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;

namespace Plumbline.Alerting.Delivery.Receivers.PagerDuty;

/// <summary>
/// PagerDuty's Events API v2. One incident here is one incident there: the dedup_key is made of our incident's number, so that an
/// escalation changes it, a repetition is recognised, and a resolution closes it.
/// </summary>
public sealed class PagerDutyClient(OutboundHttp http, MessageLinks links) : IReceiverClient
{
    private const int MaxSummary = 1024;
    private const int MaxBody = 8192;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        if (message.Receiver.SecretOf("routing_key") is not { } routingKey)
            return new SendOutcome(SendVerdict.Retry, "its routing_key is not set");
        var address = new Uri(message.Receiver.Declared.Text("url") ?? PagerDutyReceiver.DefaultUrl);
        foreach (var notification in message.Notifications)
        {
            // A test must not leave an incident behind: it opens one and closes it.
            string[] actions = notification.Kind switch
            {
                NotificationKind.Resolved => ["resolve"],
                NotificationKind.Test => ["trigger", "resolve"],
                _ => ["trigger"],
            };
            foreach (var action in actions)
            {
                var outcome = await http.PostAsync(message.Receiver, address, Write(notification, action, routingKey), [], cancellation);
                if (outcome.Verdict != SendVerdict.Delivered)
                    return outcome;
            }
        }

        return SendOutcome.Delivered;
    }

    /// <summary>Identifies an incident at PagerDuty.</summary>
    public static string DedupKey(Notification notification) =>
        notification.IncidentId is { } id ? $"plumbline-incident-{id}" : MessageWords.Cut($"plumbline-{notification.Key}", 255);

    private byte[] Write(Notification notification, string action, string routingKey)
    {
        var link = links.To(notification.Path);
        var payload = new
        {
            Summary = MessageWords.Cut(notification.Headline, MaxSummary),
            Source = notification.Model,
            Severity = notification.Kind == NotificationKind.Test ? "info"
            : notification.Severity == AlertSeverity.Critical ? "critical"
            : "warning",
            Timestamp = notification.StartedAt,
            Component = notification.Labels.GetValueOrDefault("feature"),
            Group = notification.Model,
            Class = notification.Labels.GetValueOrDefault("alertname"),
            CustomDetails = new
            {
                Details = MessageWords.Cut(notification.Body, MaxBody),
                Labels = new SortedDictionary<string, string>(notification.Labels, StringComparer.Ordinal),
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                RoutingKey = routingKey,
                EventAction = action,
                DedupKey = DedupKey(notification),
                Client = "Plumbline",
                ClientUrl = link,
                Payload = action == "trigger" ? payload : null,
                Links = action == "trigger" && link is not null ? new[] { new { Href = link, Text = "Open in Plumbline" } } : null,
            },
            Json
        );
    }

    // Events must not have nulls where PagerDuty expects text.
    private static readonly JsonSerializerOptions Json = new(NotificationOutbox.Json)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}

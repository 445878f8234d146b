using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;

namespace Plumbline.Alerting.Delivery.Receivers.Webhook;

/// <summary>
/// Posts JSON to any address. With a secret the headers carry <c>Plumbline-Signature: sha256=HEX</c>, the HMAC-SHA256 over the
/// <c>Plumbline-Timestamp</c> header, a full stop and the body; the timestamp lets the other side refuse what is old.
/// </summary>
public sealed class WebhookClient(OutboundHttp http, MessageLinks links, TimeProvider time) : IReceiverClient
{
    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        var body = Write(message);
        var headers = MessageSignature.Headers(message.Key, message.Receiver.SecretOf("secret"), body, time.GetUtcNow());
        if (message.Receiver.SecretOf("authorization") is { } authorization)
            headers.Add(("Authorization", authorization));
        return http.PostAsync(message.Receiver, new Uri(message.Receiver.Declared.Text("url")!), body, headers, cancellation);
    }

    // The same bytes on every attempt: nothing in it depends on the moment.
    private byte[] Write(OutgoingMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Version = 1,
                IdempotencyKey = message.Key,
                Receiver = message.Receiver.Name,
                message.IsDigest,
                message.Severity,
                Notifications = message.Notifications.Select(notification => new
                {
                    notification.Key,
                    notification.Kind,
                    notification.IncidentId,
                    notification.Model,
                    notification.Severity,
                    notification.Headline,
                    notification.Body,
                    notification.StartedAt,
                    notification.ResolvedAt,
                    Url = links.To(notification.Path),
                    Labels = new SortedDictionary<string, string>(notification.Labels, StringComparer.Ordinal),
                }),
            },
            NotificationOutbox.Json
        );
}

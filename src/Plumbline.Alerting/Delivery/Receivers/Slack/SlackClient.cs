using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;

namespace Plumbline.Alerting.Delivery.Receivers.Slack;

/// <summary>
/// Posts to an incoming webhook of Slack, or of what understands the same (Mattermost, Rocket.Chat, Discord's /slack addresses): text and
/// attachments, which all of them know. Slack has no idempotency key: after an unknown outcome a message may appear twice.
/// </summary>
public sealed class SlackClient(OutboundHttp http, MessageLinks links) : IReceiverClient
{
    private const int MaxText = 2500;

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation) =>
        message.Receiver.SecretOf("url") is { } url
            ? http.PostAsync(message.Receiver, new Uri(url), Write(message), [], cancellation)
            : Task.FromResult(new SendOutcome(SendVerdict.Retry, "its URL is not set"));

    private byte[] Write(OutgoingMessage message)
    {
        var more = message.Notifications.Length - MessageWords.MaxListed;
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Text = Escape(MessageWords.Cut(MessageWords.Subject(message), 300)) + (more > 0 ? $" ({more} are not listed here)" : ""),
                Attachments = message
                    .Notifications.Take(MessageWords.MaxListed)
                    .Select(notification => new
                    {
                        Color = ColourOf(notification),
                        Fallback = Escape(MessageWords.Cut(notification.Headline, 300)),
                        Title = Escape(MessageWords.Cut($"{MessageWords.Prefix(notification)}: {notification.Headline}", 300)),
                        TitleLink = links.To(notification.Path),
                        Text = Escape(MessageWords.Cut(notification.Body, MaxText)),
                        Footer = Escape(
                            $"{notification.Model}, "
                                + $"since {MessageWords.Time(notification.StartedAt)}"
                                + $"{(notification.ResolvedAt is { } end ? $" until {MessageWords.Time(end)}" : "")}"
                        ),
                    }),
            },
            NotificationOutbox.Json
        );
    }

    private static string ColourOf(Notification notification) =>
        notification switch
        {
            { Kind: NotificationKind.Resolved } => "#009e73",
            { Severity: AlertSeverity.Critical } => "#d55e00",
            { Severity: AlertSeverity.Warning } => "#e69f00",
            _ => "#808080",
        };

    // The three characters with a meaning: a model named "<!channel>" must not call everybody.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using Plumbline.Alerting.Delivery.Sending;

namespace Plumbline.Alerting.Delivery.Receivers.Email;

/// <summary>
/// Writes a message as mail: plain text in UTF-8, base64, so that no line is too long and nothing in it can end the message early.
/// </summary>
internal static class MailText
{
    private const int MaxSubject = 300;

    public static MimeMessage Write(OutgoingMessage message, MessageLinks links, DateTimeOffset now)
    {
        var declared = message.Receiver.Declared;
        var from = declared.Text("from")!;
        var domain = from[(from.LastIndexOf('@') + 1)..];
        var text = new TextPart("plain") { ContentTransferEncoding = ContentEncoding.Base64 };
        text.SetText(Encoding.UTF8, Body(message, links));
        var mail = new MimeMessage
        {
            Subject = OneLine($"[Plumbline] {MessageWords.Cut(MessageWords.Subject(message), MaxSubject)}"),
            Date = now.ToUniversalTime(),
            MessageId = MessageId(message, domain),
            Body = text,
        };
        mail.From.Add(new MailboxAddress("Plumbline", from));
        mail.To.AddRange(declared.Texts("to").Select(to => MailboxAddress.Parse(to)));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        // Mail programs show what refers to the same message as one conversation.
        if (
            message.Notifications[0].IncidentId is { } incident
            && message.Notifications.All(notification => notification.IncidentId == incident)
        )
        {
            mail.References.Add($"plumbline-incident-{incident.ToString(CultureInfo.InvariantCulture)}@{domain}");
        }

        return mail;
    }

    /// <summary>The same for every attempt, so that a mail server or a mailbox can recognise a repetition.</summary>
    public static string MessageId(OutgoingMessage message, string domain) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{message.Receiver.Name}\n{message.Key}")))[..32]}@{domain}";

    private static string Body(OutgoingMessage message, MessageLinks links)
    {
        var text = new StringBuilder();
        foreach (var notification in message.Notifications.Take(MessageWords.MaxListed))
        {
            if (text.Length > 0)
                text.Append("\r\n----\r\n\r\n");
            text.Append(MessageWords.Prefix(notification)).Append(": ").Append(notification.Headline).Append("\r\n\r\n");
            text.Append(notification.Body.ReplaceLineEndings("\r\n")).Append("\r\n\r\n");
            text.Append("Model: ")
                .Append(notification.Model)
                .Append("\r\nSince: ")
                .Append(MessageWords.Time(notification.StartedAt))
                .Append("\r\n");
            if (notification.ResolvedAt is { } end)
                text.Append("Until: ").Append(MessageWords.Time(end)).Append("\r\n");
            if (links.To(notification.Path) is { } link)
                text.Append("See: ").Append(link).Append("\r\n");
        }

        // The others with a line each: a mail may be long, but it leaves nothing out.
        if (message.Notifications.Length > MessageWords.MaxListed)
            text.Append("\r\n----\r\n\r\nAnd:\r\n");
        foreach (var notification in message.Notifications.Skip(MessageWords.MaxListed))
        {
            text.Append("- ")
                .Append(MessageWords.Prefix(notification))
                .Append(": ")
                .Append(notification.Headline)
                .Append(' ')
                .Append(links.To(notification.Path))
                .Append("\r\n");
        }

        return text.ToString();
    }

    // Whatever is in a headline, the header stays one header.
    private static string OneLine(string text) => new([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}

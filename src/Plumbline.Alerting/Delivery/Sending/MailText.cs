using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>Writes a message as mail (RFC 5322 and 2045..2047): plain text in UTF-8, base64, so that no line is too long and nothing in it can end the message early.</summary>
internal static class MailText
{
    private const int MaxSubject = 300;

    // An encoded word has at most 75 characters; 45 bytes are 60 of base64.
    private const int EncodedWordBytes = 45;
    private const int Base64LineLength = 76;

    public static string Write(OutgoingMessage message, MessageLinks links, DateTimeOffset now)
    {
        var receiver = message.Receiver.Declared;
        var domain = receiver.From![(receiver.From!.LastIndexOf('@') + 1)..];
        var text = new StringBuilder();
        Header("From", $"Plumbline <{receiver.From}>");
        Header("To", string.Join(",\r\n ", receiver.To));
        Header("Subject", Encode($"[Plumbline] {MessageWords.Cut(MessageWords.Subject(message), MaxSubject)}"));
        Header("Date", now.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header("Message-ID", MessageId(message, domain));
        // Mail programs show what refers to the same message as one conversation.
        if (message.Notifications[0].IncidentId is { } incident && message.Notifications.All(notification => notification.IncidentId == incident)) Header("References", $"<plumbline-incident-{incident.ToString(CultureInfo.InvariantCulture)}@{domain}>");
        Header("Auto-Submitted", "auto-generated");
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", "base64");
        text.Append("\r\n");
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(Body(message, links)));
        for (var at = 0; at < body.Length; at += Base64LineLength) text.Append(body.AsSpan(at, Math.Min(Base64LineLength, body.Length - at))).Append("\r\n");
        return text.ToString();

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>The same for every attempt, so that a mail server or a mailbox can recognise a repetition.</summary>
    public static string MessageId(OutgoingMessage message, string domain) =>
        $"<{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{message.Receiver.Name}\n{message.Key}")))[..32]}@{domain}>";

    private static string Body(OutgoingMessage message, MessageLinks links)
    {
        var text = new StringBuilder();
        foreach (var notification in message.Notifications.Take(MessageWords.MaxListed))
        {
            if (text.Length > 0) text.Append("\r\n----\r\n\r\n");
            text.Append(MessageWords.Prefix(notification)).Append(": ").Append(notification.Headline).Append("\r\n\r\n");
            text.Append(notification.Body.ReplaceLineEndings("\r\n")).Append("\r\n\r\n");
            text.Append("Model: ").Append(notification.Model).Append("\r\nSince: ").Append(MessageWords.Time(notification.StartedAt)).Append("\r\n");
            if (notification.ResolvedAt is { } end) text.Append("Until: ").Append(MessageWords.Time(end)).Append("\r\n");
            if (links.To(notification.Path) is { } link) text.Append("See: ").Append(link).Append("\r\n");
        }

        // The others with a line each: a mail may be long, but it leaves nothing out.
        if (message.Notifications.Length > MessageWords.MaxListed) text.Append("\r\n----\r\n\r\nAnd:\r\n");
        foreach (var notification in message.Notifications.Skip(MessageWords.MaxListed)) text.Append("- ").Append(MessageWords.Prefix(notification)).Append(": ").Append(notification.Headline).Append(' ').Append(links.To(notification.Path)).Append("\r\n");
        return text.ToString();
    }

    // Whatever is in a headline, the header stays one header.
    private static string Encode(string text)
    {
        var plain = new string([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        if (plain.Length <= 60 && plain.All(letter => letter is >= ' ' and <= '~') && !plain.Contains("=?", StringComparison.Ordinal)) return plain;
        var words = new List<string>();
        var part = new StringBuilder();
        var bytes = 0;
        foreach (var rune in plain.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > EncodedWordBytes) Flush();
            part.Append(rune.ToString());
            bytes += rune.Utf8SequenceLength;
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            if (bytes > 0) words.Add($"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part.ToString()))}?=");
            part.Clear();
            bytes = 0;
        }
    }
}

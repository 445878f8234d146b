using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Registry.Outbound;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>Mail over SMTP: encrypted unless it is told otherwise, signed in when there is a user name, with a Message-ID made of the idempotency key.</summary>
public sealed class EmailClient(DeliveryOptions options, MessageLinks links, TimeProvider time) : IReceiverClient
{
    private const int MaxDetail = 300;

    // A conversation has a dozen turns where an HTTP call has one.
    private const int TimeoutFactor = 3;

    // While somebody may still accept the mail later, nobody gets it twice; after this many attempts the others are no longer kept waiting.
    private const int PatientAttempts = 10;

    public ReceiverKind Kind => ReceiverKind.Email;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TimeoutFactor * options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var outcome = await ConverseAsync(message, both.Token);
            return outcome with { Detail = outcome.Detail is null ? null : MessageWords.Cut(message.Receiver.Redact(outcome.Detail), MaxDetail) };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new SendOutcome(SendVerdict.Retry, $"the mail server did not finish within {(TimeoutFactor * options.Timeout).TotalSeconds:0.#} s", IsUnreachable: true);
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException or OutboundRefusedException)
        {
            return new SendOutcome(SendVerdict.Retry, message.Receiver.Redact(failure.Message), IsUnreachable: true);
        }
    }

    private async Task<SendOutcome> ConverseAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        var receiver = message.Receiver.Declared;
        var isImplicit = receiver.Tls == "implicit";
        var target = new DnsEndPoint(receiver.Host!, receiver.Port ?? (isImplicit ? 465 : 587));
        var socket = await OutboundAddress.ConnectAsync(target, options.AllowLinkLocal, cancellation);
        await using var server = new SmtpConversation(socket, receiver.Host!);
        if (isImplicit) await server.EncryptAsync(Pin(receiver), cancellation);
        if (Unless(await server.GreetingAsync(cancellation), "greeting") is { } unwelcome) return unwelcome;
        if (Unless(await server.HelloAsync(cancellation), "EHLO") is { } unknown) return unknown;
        if (receiver.Tls is null or "" or "starttls")
        {
            if (!server.Offers("STARTTLS")) return new SendOutcome(SendVerdict.Retry, "the mail server offers no STARTTLS; set tls to implicit or none");
            if (Unless(await server.SayAsync("STARTTLS", cancellation), "STARTTLS") is { } plain) return plain;
            await server.EncryptAsync(Pin(receiver), cancellation);
            if (Unless(await server.HelloAsync(cancellation), "EHLO") is { } mute) return mute;
        }

        if (message.Receiver.SecretOf("password") is { } password && await SignInAsync(server, receiver.UserName!, password, cancellation) is { } refused) return refused;
        return await HandOverAsync(server, message, cancellation);
    }

    private static async Task<SendOutcome?> SignInAsync(SmtpConversation server, string user, string password, CancellationToken cancellation)
    {
        SmtpReply reply;
        if (server.OffersAuthentication("PLAIN"))
        {
            reply = await server.SayAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}"), cancellation);
        }
        else if (server.OffersAuthentication("LOGIN"))
        {
            reply = await server.SayAsync("AUTH LOGIN", cancellation);
            if (reply.IsPositive) reply = await server.SayAsync(Base64(user), cancellation);
            if (reply.IsPositive) reply = await server.SayAsync(Base64(password), cancellation);
        }
        else
        {
            return new SendOutcome(SendVerdict.Retry, "the mail server offers neither AUTH PLAIN nor AUTH LOGIN");
        }

        // The server's words are left out: they may repeat what it was sent. A wrong password is mended at this end; the mail itself was not refused.
        return reply.IsPositive ? null : new SendOutcome(SendVerdict.Retry, $"signing in was answered with {reply.Code}");
    }

    private async Task<SendOutcome> HandOverAsync(SmtpConversation server, OutgoingMessage message, CancellationToken cancellation)
    {
        var receiver = message.Receiver.Declared;
        if (Unless(await server.SayAsync($"MAIL FROM:<{receiver.From}>", cancellation), "MAIL FROM") is { } sender) return sender;
        var refused = new List<string>();
        foreach (var to in receiver.To)
        {
            var reply = await server.SayAsync($"RCPT TO:<{to}>", cancellation);
            if (reply.IsPositive) continue;
            if (reply.IsTransient && message.Attempt < PatientAttempts) return new SendOutcome(SendVerdict.Retry, Say($"recipient {to}", reply));
            refused.Add(Say($"recipient {to}", reply));
        }

        if (refused.Count == receiver.To.Count) return new SendOutcome(SendVerdict.Refused, string.Join("; ", refused.Take(3)));
        if (Unless(await server.SayAsync("DATA", cancellation), "DATA") is { } unready) return unready;
        if (Unless(await server.SendAsync(MailText.Write(message, links, time.GetUtcNow()), cancellation), "the mail") is { } unwanted) return unwanted;
        // The mail is the server's now; whether it hears the good-bye changes nothing.
        try
        {
            await server.SayAsync("QUIT", cancellation);
        }
        catch (IOException)
        {
            // It hung up first.
        }

        return refused.Count == 0 ? SendOutcome.Delivered : new SendOutcome(SendVerdict.Delivered, $"not for everybody: {string.Join("; ", refused.Take(3))}");
    }

    private static string? Pin(ReceiverSpecification receiver) => receiver.CertificateSha256 is { Length: > 0 } pin ? pin : null;

    private static SendOutcome? Unless(SmtpReply reply, string step) => reply.IsPositive ? null : new SendOutcome(reply.IsTransient ? SendVerdict.Retry : SendVerdict.Refused, Say(step, reply));

    private static string Say(string step, SmtpReply reply) => $"{step} was answered with {reply.Code} {new string([.. reply.Text.Where(letter => !char.IsControl(letter))])}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

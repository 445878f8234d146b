using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Outbound;

namespace Plumbline.Alerting.Delivery.Receivers.Email;

/// <summary>
/// Mail over SMTP: encrypted unless it is told otherwise, signed in when there is a user name, with a Message-ID made of the idempotency
/// key.
/// </summary>
public sealed class EmailClient(DeliveryOptions options, MessageLinks links, TimeProvider time) : IReceiverClient
{
    private const int MaxDetail = 300;
    private const int MaxReasons = 3;

    // A conversation has a dozen turns where an HTTP call has one.
    private const int TimeoutFactor = 3;

    // While somebody may still accept the mail later, nobody gets it twice; after this many attempts the others are no longer kept waiting.
    private const int PatientAttempts = 10;

    /// <inheritdoc/>
    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TimeoutFactor * options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var server = new MailConversation(
            message.Receiver.Declared.Text("certificate_sha256"),
            isPatient: message.Attempt < PatientAttempts
        );
        try
        {
            var outcome = await ConverseAsync(server, message, both.Token);
            return outcome with
            {
                Detail = outcome.Detail is null ? null : MessageWords.Cut(message.Receiver.Redact(outcome.Detail), MaxDetail),
            };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Unreachable($"the mail server did not finish within {(TimeoutFactor * options.Timeout).TotalSeconds:0.#} s");
        }
        catch (SslHandshakeException failure)
        {
            // Its own message is a page of advice; what it wraps says what happened.
            return Unreachable(message.Receiver.Redact($"no encrypted connection: {(failure.InnerException ?? failure).Message}"));
        }
        catch (Exception failure) when (failure is SocketException or IOException or ProtocolException or OutboundRefusedException)
        {
            return Unreachable(message.Receiver.Redact(failure.Message));
        }
    }

    private async Task<SendOutcome> ConverseAsync(MailConversation server, OutgoingMessage message, CancellationToken cancellation)
    {
        var declared = message.Receiver.Declared;
        var target = new DnsEndPoint(declared.Text("host")!, EmailReceiver.PortOf(declared));
        // The address guard connects; the conversation gets the connection.
        var socket = await OutboundAddress.ConnectAsync(target, options.AllowLinkLocal, cancellation);
        try
        {
            await server.ConnectAsync(socket, target.Host, target.Port, SecurityOf(declared), cancellation);
        }
        catch (NotSupportedException)
        {
            return new SendOutcome(SendVerdict.Retry, "the mail server offers no STARTTLS; set tls to implicit or none");
        }
        catch (SmtpCommandException refusal)
        {
            return Evaluate("the greeting", refusal);
        }

        if (
            message.Receiver.SecretOf("password") is { } password
            && await SignInAsync(server, declared.Text("user_name")!, password, cancellation) is { } refused
        )
        {
            return refused;
        }

        return await HandOverAsync(server, message, cancellation);
    }

    private static async Task<SendOutcome?> SignInAsync(
        MailConversation server,
        string user,
        string password,
        CancellationToken cancellation
    )
    {
        try
        {
            await server.AuthenticateAsync(new NetworkCredential(user, password), cancellation);
            return null;
        }
        catch (NotSupportedException)
        {
            return new SendOutcome(SendVerdict.Retry, "the mail server offers no way to sign in that is known here");
        }
        catch (AuthenticationException refusal)
        {
            // The server's words are left out: they may repeat what it was sent. A wrong password is mended at this end; the mail itself
            // was not refused.
            var status = refusal.InnerException is SmtpCommandException answer ? $" with {(int)answer.StatusCode}" : "";
            return new SendOutcome(SendVerdict.Retry, $"signing in was answered{status}");
        }
    }

    private async Task<SendOutcome> HandOverAsync(MailConversation server, OutgoingMessage message, CancellationToken cancellation)
    {
        var recipients = message.Receiver.Declared.Texts("to");
        try
        {
            using var mail = MailText.Write(message, links, time.GetUtcNow());
            await server.SendAsync(
                mail,
                MailboxAddress.Parse(message.Receiver.Declared.Text("from")!),
                recipients.Select(to => MailboxAddress.Parse(to)),
                cancellation
            );
        }
        catch (SmtpCommandException) when (server.Refused.Count == recipients.Length)
        {
            return new SendOutcome(SendVerdict.Refused, string.Join("; ", server.Refused.Take(MaxReasons)));
        }
        catch (SmtpCommandException refusal)
        {
            return Evaluate(StepOf(refusal), refusal);
        }

        // The mail is the server's now; whether it hears the good-bye changes nothing.
        try
        {
            await server.DisconnectAsync(quit: true, cancellation);
        }
        catch (Exception ended) when (ended is IOException or ProtocolException or CommandException)
        {
            // It hung up first.
        }

        return server.Refused.Count == 0
            ? SendOutcome.Delivered
            : new SendOutcome(SendVerdict.Delivered, $"not for everybody: {string.Join("; ", server.Refused.Take(MaxReasons))}");
    }

    private static SecureSocketOptions SecurityOf(ReceiverSpecification declared) =>
        EmailReceiver.TlsOf(declared) switch
        {
            "implicit" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };

    private static string StepOf(SmtpCommandException refusal) =>
        refusal.ErrorCode switch
        {
            SmtpErrorCode.SenderNotAccepted => "the sender",
            SmtpErrorCode.RecipientNotAccepted => $"recipient {refusal.Mailbox?.Address}",
            _ => "the mail",
        };

    private static SendOutcome Evaluate(string step, SmtpCommandException refusal) =>
        new(
            MailConversation.IsTransient(refusal.StatusCode) ? SendVerdict.Retry : SendVerdict.Refused,
            MailConversation.Describe(step, refusal.StatusCode, refusal.Message)
        );

    private static SendOutcome Unreachable(string detail) => new(SendVerdict.Retry, detail, IsUnreachable: true);
}

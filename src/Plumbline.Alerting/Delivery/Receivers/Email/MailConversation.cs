using System.Net.Security;
using System.Security.Cryptography;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Plumbline.Alerting.Delivery.Receivers.Email;

/// <summary>
/// MailKit's SMTP client with what a receiver needs beside: one recipient that is refused does not keep the others from getting the mail,
/// and a server's certificate may be pinned. It calls nobody but the server itself: whether a certificate was revoked is not asked of its
/// authority.
/// </summary>
internal sealed class MailConversation : SmtpClient
{
    private readonly string? _pinnedSha256;
    private readonly bool _isPatient;
    private readonly List<string> _refused = [];

    /// <param name="pinnedSha256">The certificate to accept instead of one that an authority signed, in hex; null for the usual
    /// check.</param>
    /// <param name="isPatient">True when a recipient that may be accepted later makes all of them wait.</param>
    public MailConversation(string? pinnedSha256, bool isPatient)
    {
        (_pinnedSha256, _isPatient) = (pinnedSha256, isPatient);
        LocalDomain = "plumbline";
        CheckCertificateRevocation = false;
        ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            _pinnedSha256 is null
                ? errors == SslPolicyErrors.None
                : certificate is not null
                    && string.Equals(
                        Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData())),
                        _pinnedSha256,
                        StringComparison.OrdinalIgnoreCase
                    );
    }

    /// <summary>What the server said of each recipient that it refused.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>A step and the answer to it, as a reason for people.</summary>
    public static string Describe(string step, SmtpStatusCode status, string response) =>
        $"{step} was answered with {(int)status} {new string([.. response.Where(letter => !char.IsControl(letter))])}";

    /// <summary>True for an answer that may be another one later.</summary>
    public static bool IsTransient(SmtpStatusCode status) => (int)status is >= 400 and < 500;

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if (_isPatient && IsTransient(response.StatusCode))
            throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, response.StatusCode, mailbox, response.Response);
        _refused.Add(Describe($"recipient {mailbox.Address}", response.StatusCode, response.Response));
    }
}

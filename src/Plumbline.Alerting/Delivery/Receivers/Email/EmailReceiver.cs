using System.Net.Mail;
using System.Text.RegularExpressions;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery.Receivers.Email;

/// <summary>People, through a mail server.</summary>
public sealed partial class EmailReceiver : ReceiverKind
{
    private const int MaxRecipients = 50;
    private const int MaxUserName = 256;
    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;
    private const int ShownRecipients = 3;

    public override string Name => "email";

    public override string Title => "E-mail";

    public override int Order => 3;

    public override Type Client => typeof(EmailClient);

    public override IReadOnlyList<ReceiverField> Fields { get; } =
    [
        new("host", "Mail server") { IsNeeded = true },
        new("from", "From")
        {
            IsNeeded = true,
            Hint = "plumbline@example.com",
            Check = CheckMailAddress,
        },
        new("to", "To", FieldShape.List)
        {
            IsNeeded = true,
            MaxItems = MaxRecipients,
            Hint = "ann@example.com, bob@example.com",
            Check = CheckMailAddress,
        },
        new("port", "Port", FieldShape.Number)
        {
            Range = (1, 65_535),
            Hint = "587",
            Default = declared => PortOf(declared),
        },
        new("tls", "Encryption", FieldShape.Choice)
        {
            Choices = [new("starttls", "STARTTLS"), new("implicit", "from the first byte"), new("none", "none")],
            Default = declared => TlsOf(declared),
        },
        new("user_name", "User name") { Check = text => text.Length > MaxUserName ? $"at most {MaxUserName} characters." : null },
        new("password", "Password") { IsSecret = true },
        new("certificate_sha256", "SHA-256 of its certificate")
        {
            Hint = "only for one that nobody signed",
            Check = text => Sha256().IsMatch(text) ? null : "64 hex digits are needed.",
        },
    ];

    /// <summary><c>starttls</c>, <c>implicit</c> or <c>none</c>.</summary>
    public static string TlsOf(ReceiverSpecification declared) => declared.Text("tls") ?? "starttls";

    /// <summary>The declared port, or the usual one of its encryption.</summary>
    public static int PortOf(ReceiverSpecification declared) =>
        (int)(declared.Number("port") ?? (TlsOf(declared) == "implicit" ? ImplicitTlsPort : SubmissionPort));

    public override IEnumerable<FieldError> Check(ReceiverSpecification declared, bool allowLinkLocal)
    {
        var host = declared.Text("host");
        if (host is not null && OutboundAddress.CheckHost(host, allowLinkLocal) is { } refused)
            yield return new("host", refused);
        if (declared.IsGiven("password") != declared.IsGiven("user_name"))
            yield return new("password", "user_name and password go together.");
        if (TlsOf(declared) == "none" && declared.IsGiven("password") && !OutboundAddress.IsLoopback(host ?? ""))
            yield return new("tls", "a password is not sent over an unencrypted connection to another machine.");
    }

    public override string Where(ReceiverSpecification declared)
    {
        var to = declared.Texts("to");
        var more = to.Length > ShownRecipients ? $" and {to.Length - ShownRecipients} more" : "";
        return $"{string.Join(", ", to.Take(ShownRecipients))}{more} through {declared.Text("host")}";
    }

    public override string Destination(ReceiverSpecification declared) =>
        string.Join(
            '/',
            $"{declared.Text("host")}:{declared.Number("port")}",
            declared.Text("tls"),
            declared.Text("user_name"),
            declared.Text("certificate_sha256")
        );

    // Only plain ASCII addresses: what goes into an SMTP command must not be able to end it.
    private static string? CheckMailAddress(string text) =>
        text is { Length: > 2 and <= 254 }
        && text.All(letter =>
            letter is > ' ' and < '\x7f' and not ('<' or '>' or '"' or '(' or ')' or ',' or ';' or ':' or '\\' or '[' or ']')
        )
        && MailAddress.TryCreate(text, out var address)
        && address.Address == text
            ? null
            : "a mail address such as plumbline@example.com is needed.";

    [GeneratedRegex("^[0-9a-fA-F]{64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Sha256();
}

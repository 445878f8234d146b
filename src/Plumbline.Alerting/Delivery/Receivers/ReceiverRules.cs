using System.Net.Mail;
using System.Text.RegularExpressions;
using Plumbline.Registry.Models;
using Plumbline.Registry.Outbound;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>What a receiver must and may have. The rules are data: one line a kind.</summary>
public static partial class ReceiverRules
{
    public const string DefaultPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";
    public const int MaxNameLength = 64;
    public const int MaxUrls = 10;
    public const int MaxRecipients = 50;
    public const int MinSecretLength = 16;
    public const int MaxTextLength = 2048;

    private static readonly Dictionary<ReceiverKind, (string[] Needed, string[] Possible)> Fields = new()
    {
        [ReceiverKind.Webhook] = (["url"], ["secret", "authorization"]),
        [ReceiverKind.Slack] = (["url"], []),
        [ReceiverKind.Email] = (["host", "from", "to"], ["port", "tls", "user_name", "password", "certificate_sha256"]),
        [ReceiverKind.Alertmanager] = (["urls"], ["authorization"]),
        [ReceiverKind.PagerDuty] = (["routing_key"], ["url"]),
    };

    /// <summary>webhook, slack, email, alertmanager, pagerduty.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetNames<ReceiverKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>The keys that a kind knows, the needed ones first.</summary>
    public static IReadOnlyList<string> KeysOf(ReceiverKind kind) => [.. Fields[kind].Needed, .. Fields[kind].Possible];

    public static bool TryParseKind(string? text, out ReceiverKind kind) =>
        Enum.TryParse(text, ignoreCase: true, out kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(text![0]);

    public static bool TryParseSeverity(string? text, out AlertSeverity severity) =>
        Enum.TryParse(text, ignoreCase: true, out severity) && severity is AlertSeverity.Warning or AlertSeverity.Critical && !char.IsAsciiDigit(text![0]);

    /// <summary>Everything that is wrong, by field; never with a secret in the reason.</summary>
    public static IReadOnlyList<(string Field, string Reason)> Check(string name, ReceiverSpecification receiver, bool allowLinkLocal)
    {
        var errors = new List<(string, string)>();
        if (name.Length is 0 or > MaxNameLength || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')) errors.Add(("name", $"1..{MaxNameLength} characters of A-Z, a-z, 0-9, '.', '_' and '-' are needed."));
        if (!TryParseSeverity(receiver.MinimumSeverity, out _)) errors.Add(("minimum_severity", "warning or critical is needed; what is less severe is in the digest (digest: true)."));
        if (receiver.Models.Count > ModelLimits.MaxModels) errors.Add(("models", $"at most {ModelLimits.MaxModels:N0} models."));
        foreach (var model in receiver.Models)
            if (ModelNames.CheckModel(model ?? "") is { } reason) errors.Add(("models", reason));
        if (!TryParseKind(receiver.Kind, out var kind))
        {
            errors.Add(("kind", $"one of {string.Join(", ", Kinds)} is needed."));
            return errors;
        }

        CheckFields(kind, receiver, errors);
        CheckAddresses(kind, receiver, allowLinkLocal, errors);
        CheckSecrets(receiver, errors);
        if (kind == ReceiverKind.Email) CheckMail(receiver, errors);
        if (receiver.Digest && (kind is ReceiverKind.Alertmanager or ReceiverKind.PagerDuty)) errors.Add(("digest", "a receiver of this kind wakes people; give the digest to a webhook, slack or email receiver."));
        return errors;
    }

    private static void CheckFields(ReceiverKind kind, ReceiverSpecification receiver, List<(string, string)> errors)
    {
        var given = Given(receiver).Where(field => field.IsSet).Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        var (needed, possible) = Fields[kind];
        foreach (var key in needed.Where(key => !given.Contains(key))) errors.Add((key, "needed."));
        foreach (var key in given.Except(needed).Except(possible).Order(StringComparer.Ordinal)) errors.Add((key, $"a receiver of kind {kind.ToString().ToLowerInvariant()} has no such key; it knows {string.Join(", ", KeysOf(kind))}."));
    }

    private static IEnumerable<(string Key, bool IsSet)> Given(ReceiverSpecification receiver)
    {
        yield return ("url", receiver.Url is { Length: > 0 });
        yield return ("urls", receiver.Urls.Count > 0);
        yield return ("secret", receiver.Secret is { Length: > 0 });
        yield return ("authorization", receiver.Authorization is { Length: > 0 });
        yield return ("routing_key", receiver.RoutingKey is { Length: > 0 });
        yield return ("host", receiver.Host is { Length: > 0 });
        yield return ("port", receiver.Port is not null);
        yield return ("tls", receiver.Tls is { Length: > 0 });
        yield return ("user_name", receiver.UserName is { Length: > 0 });
        yield return ("password", receiver.Password is { Length: > 0 });
        yield return ("from", receiver.From is { Length: > 0 });
        yield return ("to", receiver.To.Count > 0);
        yield return ("certificate_sha256", receiver.CertificateSha256 is { Length: > 0 });
    }

    private static void CheckAddresses(ReceiverKind kind, ReceiverSpecification receiver, bool allowLinkLocal, List<(string, string)> errors)
    {
        if (receiver.Url is { Length: > 0 } url && OutboundAddress.CheckUrl(url, allowLinkLocal) is { } reason) errors.Add(("url", reason));
        if (receiver.Urls.Count > MaxUrls) errors.Add(("urls", $"at most {MaxUrls}."));
        for (var i = 0; i < receiver.Urls.Count; i++)
            if (OutboundAddress.CheckUrl(receiver.Urls[i] ?? "", allowLinkLocal) is { } because) errors.Add(("urls", $"number {i + 1}: {because}"));
        if (kind == ReceiverKind.Email && receiver.Host is { Length: > 0 } host && OutboundAddress.CheckHost(host, allowLinkLocal) is { } refused) errors.Add(("host", refused));
    }

    private static void CheckSecrets(ReceiverSpecification receiver, List<(string, string)> errors)
    {
        if (receiver.Secret is { Length: > 0 and < MinSecretLength }) errors.Add(("secret", $"at least {MinSecretLength} characters are needed, for nobody to guess it."));
        foreach (var (key, value) in receiver.SecretValues())
        {
            if (value is null) continue;
            if (value.Length > MaxTextLength) errors.Add((key, $"at most {MaxTextLength} characters."));
            if (value.Any(letter => char.IsControl(letter) || (key == "authorization" && letter > 126))) errors.Add((key, "no control characters are possible in it."));
        }
    }

    private static void CheckMail(ReceiverSpecification receiver, List<(string, string)> errors)
    {
        if (receiver.Port is < 1 or > 65_535) errors.Add(("port", $"{receiver.Port} is outside 1..65535."));
        if (receiver.Tls is not (null or "" or "starttls" or "implicit" or "none")) errors.Add(("tls", "starttls, implicit or none is needed."));
        if (receiver.From is { Length: > 0 } && !IsMailAddress(receiver.From)) errors.Add(("from", "a mail address such as plumbline@example.com is needed."));
        if (receiver.To.Count > MaxRecipients) errors.Add(("to", $"at most {MaxRecipients} addresses."));
        for (var i = 0; i < receiver.To.Count; i++)
            if (!IsMailAddress(receiver.To[i])) errors.Add(("to", $"number {i + 1} is not a mail address."));
        if (receiver.Password is { Length: > 0 } != receiver.UserName is { Length: > 0 }) errors.Add(("password", "user_name and password go together."));
        if (receiver.UserName is { } user && (user.Length > 256 || user.Any(char.IsControl))) errors.Add(("user_name", "at most 256 characters, none of them a control character."));
        if (receiver.Tls == "none" && receiver.Password is { Length: > 0 } && !OutboundAddress.IsLoopback(receiver.Host ?? "")) errors.Add(("tls", "a password is not sent over an unencrypted connection to another machine."));
        if (receiver.CertificateSha256 is { Length: > 0 } pin && !Pin().IsMatch(pin)) errors.Add(("certificate_sha256", "64 hex digits are needed."));
    }

    // Only plain ASCII addresses: what goes into an SMTP command must not be able to end it.
    internal static bool IsMailAddress(string? text) =>
        text is { Length: > 2 and <= 254 } && text.All(letter => letter is > ' ' and < '\x7f' and not ('<' or '>' or '"' or '(' or ')' or ',' or ';' or ':' or '\\' or '[' or ']'))
        && MailAddress.TryCreate(text, out var address) && address.Address == text;

    [GeneratedRegex("^[0-9a-fA-F]{64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Pin();
}

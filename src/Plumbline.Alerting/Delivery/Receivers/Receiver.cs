using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>Where a receiver was declared.</summary>
public enum ReceiverSource
{
    Api,
    Configuration,
}

/// <summary>A receiver ready to send to. Not a record: nothing may write its secrets by accident.</summary>
public sealed class Receiver
{
    // Shorter parts of a secret are words like Bearer, which say nothing.
    private const int MinPartLength = 7;
    private readonly ImmutableDictionary<string, string> _secrets;
    private readonly ImmutableArray<string> _leaks;

    /// <param name="specification">Checked or about to be, and complete with its secrets.</param>
    /// <param name="secretsLost">True when stored secrets could not be decrypted.</param>
    public Receiver(string name, ReceiverSpecification specification, ReceiverSource source, bool secretsLost = false)
    {
        (Name, Source, SecretsLost) = (name, source, secretsLost);
        Kind = ReceiverRules.TryParseKind(specification.Kind, out var kind) ? kind : default;
        MinimumSeverity = ReceiverRules.TryParseSeverity(specification.MinimumSeverity, out var severity) ? severity : AlertSeverity.Warning;
        _secrets = specification.TakeSecrets().Where(pair => pair.Value.Length > 0).ToImmutableDictionary(StringComparer.Ordinal);
        _leaks = LeaksOf(_secrets);
        Declared = specification.WithSecrets(ImmutableDictionary<string, string>.Empty) with { Name = name };
    }

    public string Name { get; }

    public ReceiverKind Kind { get; }

    public AlertSeverity MinimumSeverity { get; }

    public ReceiverSource Source { get; }

    /// <summary>The declaration without its secrets: safe to show.</summary>
    public ReceiverSpecification Declared { get; }

    /// <summary>True when the stored secrets could not be decrypted: the keys in the data folder are gone or other ones.</summary>
    public bool SecretsLost { get; }

    /// <summary>Keys of the secrets that are set.</summary>
    public IEnumerable<string> SecretsSet => _secrets.Keys.Order(StringComparer.Ordinal);

    /// <summary>Each notification is a message of its own: these systems group by themselves and tell incidents apart by their keys.</summary>
    public bool TakesSingles => Kind is ReceiverKind.Alertmanager or ReceiverKind.PagerDuty;

    /// <summary>Whether notifications of this model are for it.</summary>
    public bool Covers(string model) => Declared.Models.Count == 0 || Declared.Models.Contains(model, StringComparer.Ordinal);

    /// <summary>A secret by its key, only for the client that sends.</summary>
    internal string? SecretOf(string key) => _secrets.GetValueOrDefault(key);

    internal ImmutableDictionary<string, string> Secrets => _secrets;

    /// <summary>Where it sends to. While this stays the same, a declaration without secrets keeps those it has; when it changes they must be given again, or
    /// somebody could point a receiver at a machine of his own to read them.</summary>
    internal string Destination => Kind switch
    {
        ReceiverKind.Slack => "slack",
        ReceiverKind.Email => $"{Declared.Host}:{Declared.Port}/{Declared.Tls}/{Declared.UserName}/{Declared.CertificateSha256}",
        _ => string.Join(' ', Declared.Urls.Append(Declared.Url ?? "").Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : "").Order(StringComparer.Ordinal)),
    };

    /// <summary>Takes every secret out of a text that came from outside, such as an answer that echoes a header.</summary>
    internal string Redact(string text)
    {
        foreach (var leak in _leaks) text = text.Replace(leak, "***", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    // Every form in which a secret may come back: whole, in parts, and as JSON, URLs and base64 write it. Longest first, so that no part is left of a whole.
    private static ImmutableArray<string> LeaksOf(IEnumerable<KeyValuePair<string, string>> secrets)
    {
        var parts = secrets.SelectMany(secret => secret.Key == "url" && Uri.TryCreate(secret.Value, UriKind.Absolute, out var url)
            ? url.PathAndQuery.Split(['/', '?', '&', '='], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= MinPartLength).Append(secret.Value).Append(url.PathAndQuery.Length > 1 ? url.PathAndQuery : secret.Value)
            : secret.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= MinPartLength).Append(secret.Value));
        var written = parts.SelectMany(part => new[] { part, JsonEncodedText.Encode(part).Value, Uri.EscapeDataString(part), Convert.ToBase64String(Encoding.UTF8.GetBytes(part)) });
        return [.. written.Distinct(StringComparer.Ordinal).OrderByDescending(part => part.Length)];
    }

    public override string ToString() => Declared.ToString();
}

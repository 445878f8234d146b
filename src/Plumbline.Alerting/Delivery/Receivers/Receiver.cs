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

    /// <param name="specification">Of a known kind, checked or about to be, and complete with its secrets.</param>
    /// <param name="secretsLost">True when stored secrets could not be decrypted.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public Receiver(string name, ReceiverSpecification specification, ReceiverSource source, bool secretsLost = false)
    {
        (Name, Source, SecretsLost) = (name, source, secretsLost);
        Kind =
            ReceiverKind.Find(specification.Kind)
            ?? throw new ArgumentException($"There is no kind '{specification.Kind}'.", nameof(specification));
        MinimumSeverity = ReceiverRules.TryParseSeverity(specification.MinimumSeverity, out var severity)
            ? severity
            : AlertSeverity.Warning;
        _secrets = specification.TakeSecrets().Where(pair => pair.Value.Length > 0).ToImmutableDictionary(StringComparer.Ordinal);
        _leaks = LeaksOf(Kind, _secrets);
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

    /// <summary>Whether notifications of this model are for it.</summary>
    public bool Covers(string model) => Declared.Models.Count == 0 || Declared.Models.Contains(model, StringComparer.Ordinal);

    /// <summary>A secret by its key, only for the client that sends.</summary>
    internal string? SecretOf(string key) => _secrets.GetValueOrDefault(key);

    internal ImmutableDictionary<string, string> Secrets => _secrets;

    /// <summary>Takes every secret out of a text that came from outside, such as an answer that echoes a header.</summary>
    internal string Redact(string text)
    {
        foreach (var leak in _leaks)
            text = text.Replace(leak, "***", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    // Every form in which a secret may come back: whole, in parts, and as JSON, URLs and base64 write it. Longest first, so that no part is
    // left of a whole.
    private static ImmutableArray<string> LeaksOf(ReceiverKind kind, IReadOnlyDictionary<string, string> secrets)
    {
        var addresses = kind.Fields.Where(field => field.IsAddress).Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        var parts = secrets.SelectMany(secret => PartsOf(secret.Value, addresses.Contains(secret.Key)));
        var written = parts.SelectMany(part =>
            new[]
            {
                part,
                JsonEncodedText.Encode(part).Value,
                Uri.EscapeDataString(part),
                Convert.ToBase64String(Encoding.UTF8.GetBytes(part)),
            }
        );
        return [.. written.Distinct(StringComparer.Ordinal).OrderByDescending(part => part.Length)];
    }

    private static IEnumerable<string> PartsOf(string secret, bool isAddress)
    {
        yield return secret;
        var text = secret;
        if (isAddress && Uri.TryCreate(secret, UriKind.Absolute, out var url))
        {
            text = url.PathAndQuery;
            if (text.Length > 1)
                yield return text;
        }

        foreach (var part in text.Split(isAddress ? ['/', '?', '&', '='] : [' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length >= MinPartLength)
                yield return part;
        }
    }

    public override string ToString() => Declared.ToString();
}

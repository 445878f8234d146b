using System.Collections.Immutable;
using Plumbline.Registry.Outbound;

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
    private readonly ImmutableDictionary<string, string> _secrets;
    private readonly Redaction _redaction;

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
        var addresses = Kind.Fields.Where(field => field.IsAddress).Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        _redaction = new Redaction(_secrets.Select(secret => (secret.Value, addresses.Contains(secret.Key))));
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
    internal string Redact(string text) => _redaction.Of(text);

    public override string ToString() => Declared.ToString();
}

using System.Collections.Immutable;
using Plumbline.Registry.Outbound;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>A target ready to be told. Not a record: nothing may write its secrets by accident.</summary>
public sealed class RetrainingTarget
{
    private readonly Redaction _redaction;

    /// <param name="name">Its name.</param>
    /// <param name="specification">Of a known kind, checked, and complete with its secrets.</param>
    /// <param name="changedAt">When it was declared.</param>
    /// <param name="changedBy">By whom.</param>
    /// <param name="secretsLost">True when stored secrets could not be decrypted.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public RetrainingTarget(
        string name,
        TargetSpecification specification,
        DateTimeOffset changedAt,
        string changedBy,
        bool secretsLost = false
    )
    {
        (Name, ChangedAt, ChangedBy, SecretsLost) = (name, changedAt, changedBy, secretsLost);
        Kind =
            TargetKind.Find(specification.Kind)
            ?? throw new ArgumentException($"There is no kind '{specification.Kind}'.", nameof(specification));
        var secret = Kind.Fields.Where(field => field.IsSecret).Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        Complete = specification;
        Secrets = specification
            .Values.Where(pair => secret.Contains(pair.Key) && pair.Value.Length > 0)
            .ToImmutableDictionary(StringComparer.Ordinal);
        Declared = specification with { Values = specification.Values.RemoveRange(secret) };
        _redaction = new Redaction(Secrets.Select(pair => (pair.Value, false)));
    }

    public string Name { get; }

    public TargetKind Kind { get; }

    public DateTimeOffset ChangedAt { get; }

    public string ChangedBy { get; }

    /// <summary>The declaration without its secrets: safe to show.</summary>
    public TargetSpecification Declared { get; }

    /// <summary>True when the stored secrets could not be decrypted: the keys in the data folder are gone or other ones.</summary>
    public bool SecretsLost { get; }

    /// <summary>Keys of the secrets that are set.</summary>
    public IEnumerable<string> SecretsSet => Secrets.Keys;

    internal TargetSpecification Complete { get; }

    internal ImmutableDictionary<string, string> Secrets { get; }

    /// <summary>A value by its key, secrets too; only for the kind that sends.</summary>
    internal string? Text(string key) => Complete.Text(key);

    /// <summary>Takes every secret out of a text that came from outside.</summary>
    internal string Redact(string text) => _redaction.Of(text);

    public override string ToString() => $"target '{Name}' ({Kind})";
}

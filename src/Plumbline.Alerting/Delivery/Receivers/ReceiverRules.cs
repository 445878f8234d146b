using Plumbline.Registry.Models;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>What a receiver must and may have: what all kinds share, the fields of its kind, and what the kind says of them.</summary>
public static class ReceiverRules
{
    public const int MaxNameLength = 64;

    public static bool TryParseSeverity(string? text, out AlertSeverity severity) =>
        Enum.TryParse(text, ignoreCase: true, out severity)
        && severity is AlertSeverity.Warning or AlertSeverity.Critical
        && !char.IsAsciiDigit(text![0]);

    /// <summary>Everything that is wrong, by field; never with a secret in the reason.</summary>
    public static IReadOnlyList<FieldError> Check(string name, ReceiverSpecification receiver, bool allowLinkLocal)
    {
        var errors = new List<FieldError>();
        if (name.Length is 0 or > MaxNameLength || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'))
            errors.Add(new("name", $"1..{MaxNameLength} characters of A-Z, a-z, 0-9, '.', '_' and '-' are needed."));
        if (!TryParseSeverity(receiver.MinimumSeverity, out _))
            errors.Add(new("minimum_severity", "warning or critical is needed; what is less severe is in the digest (digest: true)."));
        if (receiver.Models.Count > ModelLimits.MaxModels)
            errors.Add(new("models", $"at most {ModelLimits.MaxModels:N0} models."));
        foreach (var model in receiver.Models)
        {
            if (ModelNames.CheckModel(model ?? "") is { } reason)
                errors.Add(new("models", reason));
        }

        if (ReceiverKind.Find(receiver.Kind) is not { } kind)
        {
            errors.Add(new("kind", $"one of {string.Join(", ", ReceiverKind.All)} is needed."));
            return errors;
        }

        CheckKeys(kind, receiver, errors);
        foreach (var field in kind.Fields)
            CheckField(field, receiver, allowLinkLocal, errors);
        errors.AddRange(kind.Check(receiver, allowLinkLocal));
        if (receiver.Digest && kind.TakesSingles)
        {
            errors.Add(
                new(
                    "digest",
                    "a receiver of this kind wakes people; "
                        + $"give the digest to {string.Join(" or ", ReceiverKind.All.Where(other => !other.TakesSingles))}."
                )
            );
        }

        return errors;
    }

    private static void CheckKeys(ReceiverKind kind, ReceiverSpecification receiver, List<FieldError> errors)
    {
        foreach (var field in kind.Fields.Where(field => field.IsNeeded && !receiver.IsGiven(field.Key)))
            errors.Add(new(field.Key, "needed."));
        var known = kind.Fields.Select(field => field.Key).ToList();
        foreach (var key in receiver.GivenKeys.Except(known, StringComparer.Ordinal))
            errors.Add(new(key, $"a receiver of kind {kind} has no such key; it knows {string.Join(", ", known)}."));
    }

    private static void CheckField(ReceiverField field, ReceiverSpecification receiver, bool allowLinkLocal, List<FieldError> errors)
    {
        var texts = receiver.Texts(field.Key);
        if (texts.Length > field.MaxItems)
            errors.Add(new(field.Key, $"at most {field.MaxItems}."));
        for (var i = 0; i < texts.Length; i++)
        {
            var reason =
                (field.IsAddress ? OutboundAddress.CheckUrl(texts[i], allowLinkLocal) : null)
                ?? CheckText(field, texts[i])
                ?? field.Check(texts[i]);
            if (reason is not null)
                errors.Add(new(field.Key, field.Shape == FieldShape.List ? $"number {i + 1}: {reason}" : reason));
        }

        if (receiver.Number(field.Key) is { } number && (number < field.Range.From || number > field.Range.To))
            errors.Add(new(field.Key, $"{number} is outside {field.Range.From}..{field.Range.To}."));
    }

    private static string? CheckText(ReceiverField field, string text)
    {
        if (text.Length > ReceiverField.MaxTextLength)
            return $"at most {ReceiverField.MaxTextLength} characters.";
        if (text.Any(char.IsControl))
            return "no control characters are possible in it.";
        if (field.Shape == FieldShape.Choice && field.Choices.All(choice => choice.Value != text))
            return $"{string.Join(", ", field.Choices.SkipLast(1).Select(choice => choice.Value))} or {field.Choices[^1].Value} is needed.";
        return null;
    }
}

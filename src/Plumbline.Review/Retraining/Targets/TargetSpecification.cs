using System.Collections.Immutable;
using System.Text.Json;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>A target as it is declared: its kind, and texts by the keys of the kind's fields.</summary>
/// <param name="Kind">The <see cref="TargetKind.Name"/>.</param>
/// <param name="Values">By key; what is not given is not in it. An empty text of a secret clears it.</param>
/// <param name="Enabled">False: it is kept, and nothing is sent to it.</param>
public sealed record TargetSpecification(string Kind, ImmutableSortedDictionary<string, string> Values, bool Enabled = true)
{
    private const string KindKey = "kind";
    private const string EnabledKey = "enabled";

    /// <summary>Reads a declaration; what is no text where one is needed is told by field.</summary>
    public static TargetSpecification Read(JsonElement declared, List<FieldError> errors)
    {
        var kind = "";
        var enabled = true;
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in declared.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case KindKey:
                    kind = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
                    break;
                case EnabledKey when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    enabled = value.GetBoolean();
                    break;
                case EnabledKey:
                    errors.Add(new(EnabledKey, "true or false."));
                    break;
                case var key when value.ValueKind == JsonValueKind.String:
                    values[key] = value.GetString()!;
                    break;
                case var key when value.ValueKind is not JsonValueKind.Null:
                    values[key] = value.GetRawText();
                    break;
            }
        }

        return new(kind, values.ToImmutable(), enabled);
    }

    /// <summary>Everything that is wrong, by field; never with a secret in the reason.</summary>
    public IReadOnlyList<FieldError> Check(string name, TargetPermissions permissions)
    {
        var errors = new List<FieldError>();
        if (name.Length is 0 or > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'))
            errors.Add(new("name", "1..64 characters of A-Z, a-z, 0-9, '.', '_' and '-' are needed."));
        if (TargetKind.Find(Kind) is not { } kind)
        {
            errors.Add(new(KindKey, $"one of {string.Join(", ", TargetKind.All)} is needed."));
            return errors;
        }

        var known = kind.Fields.ToDictionary(field => field.Key, StringComparer.Ordinal);
        foreach (var field in kind.Fields.Where(field => field.IsNeeded && Text(field.Key) is null))
            errors.Add(new(field.Key, "needed."));
        foreach (var (key, value) in Values)
        {
            var reason = known.TryGetValue(key, out var field)
                ? Wrong(field, value, permissions)
                : $"a target of kind {kind} has no such key; it knows {string.Join(", ", known.Keys)}.";
            if (reason is not null)
                errors.Add(new(Problems.Shorten(key), reason));
        }

        if (errors.Count == 0)
            errors.AddRange(kind.Check(this, permissions));
        return errors;
    }

    /// <summary>A value that is not empty, or what holds without one; null for nothing.</summary>
    public string? Text(string key) =>
        Values.GetValueOrDefault(key) is { Length: > 0 } text
            ? text
            : TargetKind.Find(Kind)?.Fields.FirstOrDefault(field => field.Key == key)?.Default;

    // Its records would write secrets.
    public override string ToString() => $"target of kind {Kind}";

    private static string? Wrong(TargetField field, string value, TargetPermissions permissions)
    {
        if (value.Length == 0)
            return null;
        if (value.Length > field.MaxLength)
            return $"at most {field.MaxLength} characters.";
        if (!field.IsJson && value.Any(letter => char.IsControl(letter) && letter != '\n'))
            return "no control characters are possible in it.";
        return (field.IsAddress ? permissions.CheckUrl(value) : null)
            ?? (field.IsJson ? TargetTemplate.CheckJson(value) : null)
            ?? field.Check(value);
    }
}

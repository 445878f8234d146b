using System.Collections.Immutable;
using Plumbline.Registry;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources.Connections;

/// <summary>
/// One place that sources may read: a name, a kind, and the fields of the kind by their keys. Which of them a kind knows is checked by
/// <see cref="Check"/>. Its text form has no secret in it.
/// </summary>
public sealed record ConnectionOptions : IOpenOptions
{
    private const int MostNameCharacters = 64;

    private static readonly IReadOnlyDictionary<string, Type> Types = ConnectionKind.AllFields.ToDictionary(
        pair => pair.Key,
        pair => pair.Value.Type,
        StringComparer.Ordinal
    );

    private ImmutableSortedDictionary<string, object> _fields = ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal);

    /// <summary>1..64 characters of [A-Za-z0-9._-]: how sources refer to it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The <see cref="ConnectionKind.Name"/> of its kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>A field of the kind. Null removes it.</summary>
    /// <exception cref="ArgumentException">No kind has this key, or the value has another type.</exception>
    public object? this[string key]
    {
        get => _fields.GetValueOrDefault(key);
        init => Set(key, value);
    }

    IReadOnlyDictionary<string, Type> IOpenOptions.FurtherKeys => Types;

    void IOpenOptions.Set(string key, object? value) => Set(key, value);

    /// <summary>A field that is a text; null when it is not given.</summary>
    public string? Text(string key) => this[key] as string;

    /// <summary>The password or secret key, from where it is declared; null when there is none.</summary>
    internal string? Secret =>
        ConnectionKind.Find(Kind)?.SecretKey is not { } key ? null
        : Text(key) is { } secret ? secret
        : Text(ConnectionField.VariableOf(key)) is { } variable ? Environment.GetEnvironmentVariable(variable)
        : null;

    /// <summary>Takes the secret out of a text that came from outside.</summary>
    internal string Redact(string text) => Secret is { Length: > 0 } secret ? text.Replace(secret, "***", StringComparison.Ordinal) : text;

    /// <summary>What is wrong, by key.</summary>
    internal IEnumerable<FieldError> Check()
    {
        if (!IsName(Name))
            yield return new("name", $"1..{MostNameCharacters} characters of A-Z a-z 0-9 . _ - are needed.");
        if (ConnectionKind.Find(Kind) is not { } kind)
        {
            yield return new("kind", $"one of {string.Join(", ", ConnectionKind.All.Select(known => known.Name))} is needed.");
            yield break;
        }

        foreach (var key in _fields.Keys.Where(key => !kind.Fields.Any(field => field.Key == key)))
            yield return new(key, $"means nothing for {kind.Name}; remove it.");
        foreach (var field in kind.Fields)
        {
            if (this[field.Key] is not { } value)
            {
                if (field.IsNeeded)
                    yield return new(field.Key, $"is needed for {kind.Name}.");
            }
            else if (field.Check(value) is { } reason)
            {
                yield return new(field.Key, reason);
            }
        }

        if (kind.SecretKey is { } secret && this[secret] is not null && this[ConnectionField.VariableOf(secret)] is not null)
        {
            var variable = ConnectionField.VariableOf(secret);
            yield return new(variable, $"give {secret} or {variable}, not both.");
        }

        foreach (var error in kind.Check(this))
            yield return error;
    }

    public override string ToString() => $"connection '{Name}' ({Kind})";

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= MostNameCharacters && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private void Set(string key, object? value)
    {
        if (!Types.TryGetValue(key, out var type))
            throw new ArgumentException($"No kind of connection has the key '{key}'.", nameof(key));
        if (value is not null && value.GetType() != (Nullable.GetUnderlyingType(type) ?? type))
            throw new ArgumentException($"'{key}' is a {type.Name}.", nameof(value));
        _fields = value is null ? _fields.Remove(key) : _fields.SetItem(key, value);
    }
}

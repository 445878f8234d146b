using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>
/// A receiver as people declare it, in the body of PUT /v1/receivers/{name} and in the configuration file alike: what all kinds share, and
/// the fields of its kind by their keys. Which of them a kind knows is checked by <see cref="ReceiverRules"/>. Its text form never has a
/// secret in it.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReceiverSpecification : IOpenOptions
{
    private static readonly IReadOnlyDictionary<string, Type> Types = ReceiverKind.AllFields.ToDictionary(
        pair => pair.Key,
        pair => pair.Value.Type,
        StringComparer.Ordinal
    );

    // Text, long, or ImmutableArray of text, by the shape of the field.
    private ImmutableSortedDictionary<string, object> _fields = ImmutableSortedDictionary.Create<string, object>(StringComparer.Ordinal);

    /// <summary>
    /// How a specification is written as JSON: the fields of all kinds are properties of it, whatever else is there is refused.
    /// </summary>
    public static JsonSerializerOptions Json { get; } =
        new(NotificationOutbox.Json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AddFields } } };

    /// <summary>1..64 characters of [A-Za-z0-9._-]. Over the API the address names it.</summary>
    public string? Name { get; init; }

    /// <summary>The <see cref="ReceiverKind.Name"/> of its kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>warning or critical: what is less severe is not sent. Default warning.</summary>
    public string MinimumSeverity { get; init; } = "warning";

    /// <summary>Names of the models whose notifications it gets; empty for all.</summary>
    public IReadOnlyList<string> Models
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Whether it gets the daily digest. Not for kinds that wake people.</summary>
    public bool Digest { get; init; }

    /// <summary>False keeps it but sends nothing to it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A field of the kind: a text, a whole number or a list of texts. Null removes it.</summary>
    /// <exception cref="ArgumentException">No kind has this key, or the value has another shape.</exception>
    [JsonIgnore]
    public object? this[string key]
    {
        get => _fields.GetValueOrDefault(key);
        init => Set(key, value);
    }

    IReadOnlyDictionary<string, Type> IOpenOptions.FurtherKeys => Types;

    void IOpenOptions.Set(string key, object? value) => Set(key, value);

    /// <summary>A field that is a text and not empty; null otherwise.</summary>
    public string? Text(string key) => _fields.GetValueOrDefault(key) is string { Length: > 0 } text ? text : null;

    /// <summary>A field that is a whole number; null when it is not given.</summary>
    public long? Number(string key) => _fields.GetValueOrDefault(key) as long?;

    /// <summary>The texts of a field: of a list all, of a text one, of what is not given none.</summary>
    public ImmutableArray<string> Texts(string key) =>
        _fields.GetValueOrDefault(key) switch
        {
            ImmutableArray<string> list => list,
            string { Length: > 0 } text => [text],
            _ => [],
        };

    /// <summary>Whether a field says something: an empty text and an empty list do not.</summary>
    public bool IsGiven(string key) => Number(key) is not null || Texts(key).Length > 0;

    /// <summary>The keys that are given.</summary>
    public IEnumerable<string> GivenKeys => _fields.Keys.Where(IsGiven);

    /// <summary>The same with other values; null removes one.</summary>
    public ReceiverSpecification With(params IEnumerable<(string Key, object? Value)> values)
    {
        var changed = this with { };
        foreach (var (key, value) in values)
            changed.Set(key, value);
        return changed;
    }

    /// <summary>The secrets that are given, by their key; an empty text is one that is to be cleared.</summary>
    internal Dictionary<string, string> TakeSecrets() =>
        SecretKeys.Where(_fields.ContainsKey).ToDictionary(key => key, key => (string)_fields[key], StringComparer.Ordinal);

    /// <summary>The same with the given secrets in place of its own.</summary>
    internal ReceiverSpecification WithSecrets(IReadOnlyDictionary<string, string> secrets) =>
        With(SecretKeys.Select(key => (key, (object?)secrets.GetValueOrDefault(key))));

    /// <summary>Keys whose values are secrets in a receiver of this kind; of a kind that is not known, all that are one in any.</summary>
    internal IEnumerable<string> SecretKeys =>
        (ReceiverKind.Find(Kind)?.Fields ?? ReceiverKind.All.SelectMany(kind => kind.Fields))
            .Where(known => known.IsSecret)
            .Select(known => known.Key)
            .Distinct(StringComparer.Ordinal);

    public override string ToString() => $"receiver '{Name}' ({Kind})";

    private void Set(string key, object? value)
    {
        if (!ReceiverKind.AllFields.TryGetValue(key, out var field))
            throw new ArgumentException($"No kind of receiver has the key '{key}'.", nameof(key));
        object? kept = (field.Shape, value) switch
        {
            (_, null) => null,
            (FieldShape.List, IEnumerable<string?> list) => list.Select(text => text ?? "").ToImmutableArray(),
            (FieldShape.Number, long or int) => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
            (FieldShape.Text or FieldShape.Choice, string text) => text,
            _ => throw new ArgumentException($"'{key}' is a {field.Shape}.", nameof(value)),
        };
        _fields = kept is null ? _fields.Remove(key) : _fields.SetItem(key, kept);
    }

    private static void AddFields(JsonTypeInfo type)
    {
        if (type.Type != typeof(ReceiverSpecification))
            return;
        foreach (var (key, value) in Types)
        {
            var property = type.CreateJsonPropertyInfo(value, key);
            property.Get = specification => ((ReceiverSpecification)specification)[key];
            property.Set = (specification, given) => ((ReceiverSpecification)specification).Set(key, given);
            property.ShouldSerialize = (_, present) => present is not null;
            type.Properties.Add(property);
        }
    }
}

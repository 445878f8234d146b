using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>
/// A kind of receivers: what they are declared with, and how they behave. A kind is a folder beside this file, with its client in it; it is
/// found by itself.
/// </summary>
public abstract class ReceiverKind
{
    /// <summary>Every kind, the most general first.</summary>
    public static IReadOnlyList<ReceiverKind> All { get; } =
    [
        .. typeof(ReceiverKind)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ReceiverKind)) && !type.IsAbstract)
            .Select(type => (ReceiverKind)Activator.CreateInstance(type)!)
            .OrderBy(kind => kind.Order)
            .ThenBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every field of any kind, by its key.</summary>
    public static IReadOnlyDictionary<string, ReceiverField> AllFields { get; } =
        All.SelectMany(kind => kind.Fields)
            .GroupBy(field => field.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>As it is declared: <c>webhook</c>.</summary>
    public abstract string Name { get; }

    /// <summary>As people call it.</summary>
    public abstract string Title { get; }

    /// <summary>Where it stands in lists.</summary>
    public abstract int Order { get; }

    /// <summary>What its receivers are declared with, the needed ones first.</summary>
    public abstract IReadOnlyList<ReceiverField> Fields { get; }

    /// <summary>The class of its client, an <c>IReceiverClient</c>.</summary>
    public abstract Type Client { get; }

    /// <summary>
    /// True when each notification is a message of its own, because the other side groups by itself and knows incidents by their keys.
    /// These kinds wake people: they get no digest.
    /// </summary>
    public virtual bool TakesSingles => false;

    /// <summary>True when an alert ends over there unless it is repeated.</summary>
    public virtual bool NeedsReminders => false;

    /// <summary>The kind of this name, whatever its case; null when there is none.</summary>
    public static ReceiverKind? Find(string? name) =>
        All.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where messages of a receiver go, in words, without its secrets.</summary>
    public abstract string Where(ReceiverSpecification declared);

    /// <summary>What is wrong beside what the fields themselves say, by field.</summary>
    public virtual IEnumerable<FieldError> Check(ReceiverSpecification declared, bool allowLinkLocal) => [];

    /// <summary>
    /// Where it sends to. While this stays the same, a declaration without secrets keeps those it has; when it changes they must be given
    /// again, or somebody could point a receiver at a machine of his own to read them.
    /// </summary>
    public virtual string Destination(ReceiverSpecification declared)
    {
        var urls = Fields.Where(field => field.IsAddress).SelectMany(field => declared.Texts(field.Key));
        return string.Join(
            ' ',
            urls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : "")
                .Order(StringComparer.Ordinal)
        );
    }

    public override string ToString() => Name;
}

using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources.Connections;

/// <summary>
/// A kind of places that sources may read: what connections to it are declared with, what a source names there, and how its tables are
/// read. A kind is a folder beside this file; it is found by itself.
/// </summary>
public abstract class ConnectionKind
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<ConnectionKind> All { get; } =
    [
        .. typeof(ConnectionKind)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ConnectionKind)) && !type.IsAbstract)
            .Select(type => (ConnectionKind)Activator.CreateInstance(type)!)
            .OrderBy(kind => kind.Order)
            .ThenBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every field of any kind, by its key.</summary>
    public static IReadOnlyDictionary<string, ConnectionField> AllFields { get; } =
        All.SelectMany(kind => kind.Fields)
            .GroupBy(field => field.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>As it is declared: <c>postgresql</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where it stands in lists.</summary>
    public abstract int Order { get; }

    /// <summary>What its connections are declared with.</summary>
    public abstract IReadOnlyList<ConnectionField> Fields { get; }

    /// <summary>The key of its secret; null when it has none.</summary>
    internal virtual string? SecretKey => null;

    /// <summary>The kind of this name; null when there is none.</summary>
    public static ConnectionKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>What is wrong with a connection beside what its fields say themselves.</summary>
    internal virtual IEnumerable<FieldError> Check(ConnectionOptions declared) => [];

    /// <summary>What is wrong with what a source names in a place of this kind.</summary>
    internal abstract IEnumerable<FieldError> CheckPlace(SourceSpecification source);

    /// <summary>Opens the table of a source.</summary>
    /// <exception cref="SourceException">The place is not there or refuses.</exception>
    internal abstract Task<ISourceTable> OpenAsync(
        ConnectionOptions connection,
        SourceSpecification source,
        SourceReading reading,
        CancellationToken cancellation
    );

    public override string ToString() => Name;
}

/// <summary>What tables are read with.</summary>
/// <param name="Store">The engine, which reads files.</param>
/// <param name="Timeout">How long connecting, and a page, may take.</param>
internal sealed record SourceReading(IColumnStore Store, TimeSpan Timeout);

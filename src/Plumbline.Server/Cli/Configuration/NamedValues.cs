using System.Collections;
using System.Collections.Immutable;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>
/// Values by names that no options type knows beforehand, as an <see cref="ImmutableSortedDictionary{TKey, TValue}"/>; and lists that are
/// an <see cref="ImmutableArray{T}"/>.
/// </summary>
/// <param name="type">Type of the values.</param>
internal sealed class NamedValues(Type type)
{
    private readonly IDictionary _values = (IDictionary)
        Activator.CreateInstance(typeof(SortedDictionary<,>).MakeGenericType(typeof(string), type), StringComparer.Ordinal)!;

    /// <summary>The dictionary of what was added.</summary>
    public object Made =>
        typeof(ImmutableSortedDictionary)
            .GetMethods()
            .Single(method =>
                method.Name == nameof(ImmutableSortedDictionary.CreateRange) && method.GetParameters() is [_, { Name: "items" }]
            )
            .MakeGenericMethod(typeof(string), type)
            .Invoke(null, [StringComparer.Ordinal, _values])!;

    /// <summary>Adds one; the file's reader has refused a name that is given twice.</summary>
    public void Add(string name, object value) => _values.Add(name, value);

    /// <summary>The type of the values of such a dictionary; null for any other type.</summary>
    public static Type? ValueOf(Type wanted) =>
        wanted.IsGenericType
        && wanted.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>)
        && wanted.GetGenericArguments() is [var name, var value]
        && name == typeof(string)
            ? value
            : null;

    public static bool IsImmutableList(Type wanted) =>
        wanted.IsGenericType && wanted.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    /// <summary>A list as an immutable one.</summary>
    public static object Immutable(IList list, Type element) =>
        typeof(ImmutableArray)
            .GetMethods()
            .Single(method =>
                method.Name == nameof(ImmutableArray.CreateRange)
                && method.GetParameters() is [{ Name: "items" } items]
                && items.ParameterType.Name.StartsWith("IEnumerable", StringComparison.Ordinal)
            )
            .MakeGenericMethod(element)
            .Invoke(null, [list])!;
}

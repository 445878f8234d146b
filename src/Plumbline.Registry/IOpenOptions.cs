namespace Plumbline.Registry;

/// <summary>
/// Options that have keys beside their properties, because what can be declared depends on a kind. They are read as strictly as properties.
/// </summary>
public interface IOpenOptions
{
    /// <summary>The further keys, with the type of each value.</summary>
    IReadOnlyDictionary<string, Type> FurtherKeys { get; }

    /// <summary>Sets the value of a further key, which has its type.</summary>
    void Set(string key, object? value);
}

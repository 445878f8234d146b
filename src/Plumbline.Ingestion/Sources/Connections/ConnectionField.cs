namespace Plumbline.Ingestion.Sources.Connections;

/// <summary>
/// Something that connections of a kind are declared with. Reading from the configuration file and checking follow from it. Two kinds that
/// share a key give it the same type.
/// </summary>
/// <param name="Key">As it is declared: <c>access_key</c>.</param>
/// <param name="Type">Of its value: string, int?, Uri or an enum that may be null.</param>
public sealed record ConnectionField(string Key, Type Type)
{
    /// <summary>Whether a connection of the kind must have it.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>What is wrong with a value; null for nothing. Never with a secret in it.</summary>
    public Func<object, string?> Check { get; init; } = _ => null;

    /// <summary>A text.</summary>
    internal static ConnectionField Text(string key, bool isNeeded = false, Func<string, string?>? check = null) =>
        new(key, typeof(string)) { IsNeeded = isNeeded, Check = value => check?.Invoke((string)value) };

    /// <summary>A secret, and the name of the environment variable that may hold it instead.</summary>
    internal static ConnectionField[] Secret(string key) =>
        [
            Text(key),
            Text(
                VariableOf(key),
                check: variable =>
                    string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable))
                        ? $"the environment variable '{variable}' is not set."
                        : null
            ),
        ];

    /// <summary>The key that names the environment variable of a secret.</summary>
    internal static string VariableOf(string key) => key + "_variable";
}

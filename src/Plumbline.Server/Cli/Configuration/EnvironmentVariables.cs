using System.Collections;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>
/// Options from environment variables: <c>PLUMBLINE__INGESTION__SPOOL_MIB=64</c> is <c>ingestion.spool_mib: 64</c> of the file. One value
/// is taken as it stands; lists and groups are written as YAML or JSON.
/// </summary>
public static class EnvironmentVariables
{
    /// <summary>How their names begin. One underscore (<c>PLUMBLINE_API_KEY</c>) is no option of the server.</summary>
    public const string Prefix = "PLUMBLINE__";

    private const string Separator = "__";

    /// <summary>Those of this process that name an option, by name.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(entry => ((string)entry.Key).StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>The keys of the file on the way to the option, outermost first.</summary>
    internal static IReadOnlyList<string> PathOf(string name) => name[Prefix.Length..].ToLowerInvariant().Split(Separator);
}

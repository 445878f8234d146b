using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>Puts the server's options together: built-in defaults, then the file, then the command line.</summary>
public static class ServerConfiguration
{
    /// <summary>Reads and validates.</summary>
    /// <exception cref="ConfigurationException">With every mistake, each at its line of the file where it has one.</exception>
    public static PlumblineOptions Read(string? file, string? dataDirectory = null, IReadOnlyList<string>? urls = null, string? role = null)
    {
        var options = new PlumblineOptions();
        IReadOnlyDictionary<string, (long Line, long Column)> positions = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        if (file is not null)
        {
            if (!File.Exists(file)) throw new CommandLineException(ExitCode.ConfigurationInvalid, $"there is no configuration file '{file}'");
            positions = YamlConfiguration.Apply(File.ReadAllText(file), file, options);
        }

        options = options with
        {
            DataDirectory = dataDirectory ?? options.DataDirectory,
            Urls = urls is { Count: > 0 } ? string.Join(';', urls) : options.Urls,
            Role = role ?? options.Role,
        };
        if (options.Validate() is { Count: > 0 } violations)
            throw new ConfigurationException(file ?? "command line", [.. violations.Select(violation => Locate(violation, positions)).OrderBy(mistake => mistake.Line)]);
        return options;
    }

    // A violation starts with the path of its option: "engine.memory_mib: 1 is outside ..".
    private static ConfigurationMistake Locate(string violation, IReadOnlyDictionary<string, (long Line, long Column)> positions)
    {
        var colon = violation.IndexOf(": ", StringComparison.Ordinal);
        var path = colon > 0 ? violation[..colon] : "";
        for (var known = path; known.Length > 0; known = known[..Math.Max(0, known.LastIndexOfAny(['.', '[']))])
        {
            if (positions.TryGetValue(known, out var position)) return new ConfigurationMistake(position.Line, position.Column, path, violation[(colon + 2)..]);
        }

        return new ConfigurationMistake(0, 0, path, colon > 0 ? violation[(colon + 2)..] : violation);
    }
}

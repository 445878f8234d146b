using Plumbline.Registry.Web;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>
/// Puts the server's options together: built-in defaults, then the file, then environment variables, then the command line.
/// </summary>
public static class ServerConfiguration
{
    private const string NoFile = "command line";

    /// <summary>Reads and validates.</summary>
    /// <param name="file">The configuration file; null for none.</param>
    /// <param name="dataDirectory">As the command line says; null when it does not.</param>
    /// <param name="urls">Likewise.</param>
    /// <param name="role">Likewise.</param>
    /// <param name="variables">Environment variables that name options (<see cref="EnvironmentVariables"/>); null for those of this
    /// process.</param>
    /// <exception cref="ConfigurationException">With every mistake, each at its line of the file or its variable.</exception>
    public static PlumblineOptions Read(
        string? file,
        string? dataDirectory = null,
        IReadOnlyList<string>? urls = null,
        string? role = null,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var options = new PlumblineOptions();
        var reading = new YamlConfiguration();
        if (file is not null)
        {
            if (!File.Exists(file))
                throw new CommandLineException(ExitCode.ConfigurationInvalid, $"there is no configuration file '{file}'");
            reading.Read(File.ReadAllText(file), options);
        }

        reading.Read(variables ?? EnvironmentVariables.OfProcess(), options);
        if (reading.Mistakes.Count > 0)
            throw new ConfigurationException(file ?? NoFile, reading.Mistakes);

        options = options with
        {
            DataDirectory = dataDirectory ?? options.DataDirectory,
            Urls = urls is { Count: > 0 } ? string.Join(';', urls) : options.Urls,
            Role = role ?? options.Role,
        };
        if (options.Validate() is { Count: > 0 } violations)
        {
            throw new ConfigurationException(
                file ?? NoFile,
                [.. violations.Select(violation => Locate(violation, reading.Origins)).OrderBy(mistake => mistake.Line)]
            );
        }

        return options;
    }

    // A violation starts with the path of its option: "engine.memory_mib: 1 is outside ..".
    internal static ConfigurationMistake Locate(string violation, IReadOnlyDictionary<string, ConfigurationOrigin> origins)
    {
        var colon = violation.IndexOf(": ", StringComparison.Ordinal);
        var path = colon > 0 ? violation[..colon] : "";
        for (var known = path; known.Length > 0; known = known[..Math.Max(0, known.LastIndexOfAny(['.', '[']))])
        {
            if (origins.TryGetValue(known, out var origin))
                return new ConfigurationMistake(new FieldError(path, violation[(colon + 2)..]), origin);
        }

        return new ConfigurationMistake(new FieldError(path, colon > 0 ? violation[(colon + 2)..] : violation));
    }
}

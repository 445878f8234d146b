using System.CommandLine;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>What `serve` was told. A null leaves the configuration file's value, and that the built-in default.</summary>
public sealed record ServeSettings(string? DataDirectory, IReadOnlyList<string> Urls, string Role, string? ConfigurationFile);

/// <summary>`plumbline serve`: the server in this process.</summary>
internal static class ServeVerb
{
    public static Command Create(Func<ServeSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var hosting = new HostingOptions();
        var role = new Option<string>("--role")
        {
            Description = "What this process does. `all`: everything in one process.",
            DefaultValueFactory = _ => "all",
            HelpName = "ROLE",
        };
        role.AcceptOnlyFromAmong("all");
        var command = new VerbCommand(
            "serve",
            "Start the server: HTTP API, pages and computation in one process.",
            [
                ("Everything with its defaults, on this machine only", "serve"),
                ("Keep the data elsewhere and listen on another port", "serve --data /var/lib/plumbline --urls http://127.0.0.1:8080"),
                ("All settings from a file", "serve --config plumbline.yaml"),
            ]
        );
        hosting.AddTo(command);
        command.Options.Add(role);
        command.SetAction(
            async (parsed, cancellation) =>
                (int)
                    await run(
                        new ServeSettings(
                            parsed.GetValue(hosting.Directory),
                            hosting.ReadUrls(parsed),
                            parsed.GetValue(role) ?? "all",
                            parsed.GetValue(hosting.Configuration)
                        ),
                        terminal,
                        cancellation
                    )
        );
        return command;
    }
}

/// <summary>The options that every verb with a server in it has.</summary>
internal sealed class HostingOptions
{
    public Option<string?> Directory { get; } =
        new("--data")
        {
            Description = "Folder of everything that is kept (created when missing). One process at a time may hold it.",
            HelpName = "DIR",
        };

    public Option<string[]> Urls { get; } =
        new("--urls") { Description = "Where to listen, several separated by ; (default http://127.0.0.1:5070).", HelpName = "URL" };

    public Option<string?> Configuration { get; } =
        new("--config") { Description = "Configuration file (YAML). Options on the command line win over it.", HelpName = "FILE" };

    public HostingOptions() =>
        Urls.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                foreach (var url in Split(token.Value))
                {
                    // Kestrel accepts * and + as hosts, which Uri does not.
                    var probe = url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal);
                    if (!Uri.TryCreate(probe, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                        result.AddError($"'{url}' is not a URL to listen on; write it like http://127.0.0.1:5070");
                }
            }
        });

    public void AddTo(Command command)
    {
        command.Options.Add(Directory);
        command.Options.Add(Urls);
        command.Options.Add(Configuration);
    }

    public IReadOnlyList<string> ReadUrls(ParseResult parsed) => [.. (parsed.GetValue(Urls) ?? []).SelectMany(Split)];

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

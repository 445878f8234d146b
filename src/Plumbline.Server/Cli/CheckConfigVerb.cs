using System.CommandLine;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>Which file `check-config` reads.</summary>
public sealed record CheckConfigSettings(string ConfigurationFile);

/// <summary>`plumbline check-config`: reads the configuration as `serve` would and starts nothing.</summary>
internal static class CheckConfigVerb
{
    public static Command Create(Func<CheckConfigSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The configuration file (YAML).",
            DefaultValueFactory = _ => "plumbline.yaml",
        };
        var command = new VerbCommand(
            "check-config",
            "Read a configuration file as the server would, report every mistake with its line, and start nothing.",
            [("Check before deploying", "check-config plumbline.yaml")]
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, cancellation) => (int)await run(new CheckConfigSettings(parsed.GetValue(file)!), terminal, cancellation)
        );
        return command;
    }
}

using System.CommandLine;
using Plumbline.Server.Cli.Check;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>What `check` was told.</summary>
public sealed record CheckSettings(string? DataDirectory, string? ConfigurationFile, CheckPermissions May);

/// <summary>`plumbline check`: looks at the data folder of a server that does not run.</summary>
internal static class CheckVerb
{
    public static Command Create(Func<CheckSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var hosting = new HostingOptions();
        var repair = new Option<bool>("--repair") { Description = "Correct counters that differ from the rows. Loses nothing." };
        var accept = new Option<bool>("--accept-loss")
        {
            Description =
                "Go on without parts that are missing, damaged, foreign or older, "
                + "and without damaged data parts. What cannot be used is set aside, not deleted.",
        };
        var drop = new Option<bool>("--drop-orphans") { Description = "Delete what the engine holds of models that are not declared." };
        var command = new VerbCommand(
            "check",
            "Look at the data folder of a stopped server: do its parts belong together, is anything damaged, do counters and rows agree. "
                + "Answers 0 when all is well, 1 when not.",
            [
                ("Look only", "check --data /var/lib/plumbline"),
                ("Go on without what is lost, after a look", "check --data /var/lib/plumbline --accept-loss"),
            ]
        )
        {
            hosting.Directory,
            hosting.Configuration,
            repair,
            accept,
            drop,
        };
        command.SetAction(
            async (parsed, cancellation) =>
                (int)
                    await run(
                        new CheckSettings(
                            parsed.GetValue(hosting.Directory),
                            parsed.GetValue(hosting.Configuration),
                            new CheckPermissions(parsed.GetValue(repair), parsed.GetValue(accept), parsed.GetValue(drop))
                        ),
                        terminal,
                        cancellation
                    )
        );
        return command;
    }

    /// <summary>Runs the check and tells what it found: what was looked at and done on the output, problems on the error stream.</summary>
    public static async Task<ExitCode> RunAsync(CheckSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var options = ServerConfiguration.Read(settings.ConfigurationFile, settings.DataDirectory, [], "all");
        var report = await new FolderCheck(options, settings.May, TimeProvider.System).RunAsync(cancellation);
        foreach (var line in report.Lines)
            await terminal.Output.WriteLineAsync(line);
        foreach (var line in report.Done)
            await terminal.Output.WriteLineAsync($"done: {line}");
        foreach (var line in report.Problems)
            await terminal.Error.WriteLineAsync($"problem: {line}");
        await terminal.Output.WriteLineAsync(report.Problems.Count == 0 ? "ok" : $"{report.Problems.Count} problems");
        return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;
using Plumbline.Store;

namespace Plumbline.Server.Cli;

/// <summary>What the verbs do. The composition (Program.cs) names the real actions; a test may name its own.</summary>
public sealed record VerbActions
{
    public required Func<ServeSettings, Terminal, CancellationToken, Task<ExitCode>> Serve { get; init; }

    public required Func<DemoSettings, Terminal, CancellationToken, Task<ExitCode>> Demo { get; init; }

    public required Func<Import.ImportSettings, Terminal, CancellationToken, Task<ExitCode>> Import { get; init; }

    public required Func<CheckConfigSettings, Terminal, CancellationToken, Task<ExitCode>> CheckConfig { get; init; }

    public required Func<CheckSettings, Terminal, CancellationToken, Task<ExitCode>> Check { get; init; }

    public required Func<AccountSettings, Terminal, CancellationToken, Task<ExitCode>> Account { get; init; }

    public required Func<Wait.WaitSettings, Terminal, CancellationToken, Task<ExitCode>> Wait { get; init; }

    public required Func<Gate.GateSettings, Terminal, CancellationToken, Task<ExitCode>> Gate { get; init; }

    public required Func<Report.ReportSettings, Terminal, CancellationToken, Task<ExitCode>> Report { get; init; }
}

/// <summary>The root of the command line: its verbs, its help and the translation of failures into <see cref="ExitCode"/>.</summary>
public static class CommandLine
{
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Parses and runs. Never throws for what a user can cause: the reason goes to the error stream, the kind into the exit code.
    /// </summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        VerbActions actions,
        Terminal terminal,
        CancellationToken cancellation = default
    )
    {
        var result = Create(actions, terminal).Parse(arguments);
        var invocation = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = HearsSignals(result) ? null : TerminationTimeout,
        };
        // Not for --help and --version: whoever asks for them has not got the rest right yet.
        if (result.Action is ParseErrorAction)
        {
            await ReportMistakesAsync(result, terminal.Error);
            return (int)ExitCode.Usage;
        }

        try
        {
            return await result.InvokeAsync(invocation, cancellation);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("interrupted");
            return (int)ExitCode.Interrupted;
        }
        catch (Exception failure) when (StoredDamage.Describe(failure) is { } damage)
        {
            await terminal.Error.WriteLineAsync(
                $"error: {damage} Run `plumbline check` with the same --data: it says what is lost and what to do."
            );
            return (int)ExitCode.Failure;
        }
        catch (Exception failure) when (StorageFailure.Describe(failure) is { } problem)
        {
            await terminal.Error.WriteLineAsync(
                $"error: {problem}: {failure.Message} Free some space where the data folder lies, or mend it, then start again; "
                    + "nothing that was acknowledged is lost."
            );
            return (int)ExitCode.Failure;
        }
        catch (Exception failure) when (KnownFailure(failure) is { } known)
        {
            await terminal.Error.WriteLineAsync($"error: {failure.Message}");
            return (int)known;
        }
        catch (Exception mistake)
        {
            // Ours, not the user's: everything that helps to find it, and still an exit code of the list.
            await terminal.Error.WriteLineAsync($"unexpected error, please report it: {mistake}");
            return (int)ExitCode.Failure;
        }
    }

    /// <summary>The command tree; visible to the test that compares it with docs/command-line.md.</summary>
    public static RootCommand Create(VerbActions actions, Terminal terminal)
    {
        var root = new RootCommand(
            "Plumbline watches machine-learning models in production: inputs, outputs, outcomes and the service around them."
        )
        {
            ServeVerb.Create(actions.Serve, terminal),
            DemoVerb.Create(actions.Demo, terminal),
            Import.ImportVerb.Create(actions.Import, terminal),
            Cli.Wait.WaitVerb.Create(actions.Wait, terminal),
            Cli.Gate.GateVerb.Create(actions.Gate, terminal),
            Cli.Report.ReportVerb.Create(actions.Report, terminal),
            CheckVerb.Create(actions.Check, terminal),
            CheckConfigVerb.Create(actions.CheckConfig, terminal),
            HashKeyVerb.Create(terminal, Console.In),
            AccountVerb.Create(actions.Account, terminal),
        };
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples();
        return root;
    }

    // A server's host hears Ctrl-C and SIGTERM by itself and ends when all is stored. A second listener that ends the process after a time
    // of its own would, with
    // a clock that jumps, do so while the engine is at work.
    private static bool HearsSignals(ParseResult result) => result.CommandResult.Command.Name is "serve" or "demo";

    // A known failure is one whose message already tells the user what to do; its stack trace would only hide the message.
    private static ExitCode? KnownFailure(Exception failure) =>
        failure switch
        {
            CommandLineException stated => stated.ExitCode,
            ConfigurationException => ExitCode.ConfigurationInvalid,
            HttpRequestException or SocketException => ExitCode.ServerUnreachable,
            OptionsException or NobodyKnownException => ExitCode.ConfigurationInvalid,
            DataFolderException or InvalidDataException => ExitCode.Failure,
            EngineUnavailableException or IOException or UnauthorizedAccessException => ExitCode.Failure,
            _ => null,
        };

    private static async Task ReportMistakesAsync(ParseResult result, TextWriter error)
    {
        var command = result.CommandResult.Command;
        var known = command.Options.Select(option => option.Name).Concat(command.Subcommands.Select(verb => verb.Name)).ToArray();
        foreach (var token in result.UnmatchedTokens)
            await error.WriteLineAsync($"error: '{token}' is unknown.{Spelling.Suggestion(token, known)}");
        if (result.UnmatchedTokens.Count == 0)
        {
            foreach (var mistake in result.Errors.DistinctBy(mistake => mistake.Message))
                await error.WriteLineAsync($"error: {mistake.Message}");
        }

        await error.WriteLineAsync($"Run `plumbline {VerbOf(result)}--help` for what it takes.");
    }

    private static string VerbOf(ParseResult result)
    {
        var verb = "";
        for (SymbolResult? at = result.CommandResult; at is CommandResult { Command: not RootCommand } command; at = command.Parent)
            verb = $"{command.Command.Name} {verb}";
        return verb;
    }
}

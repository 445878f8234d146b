using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>The standard help, followed by the verb's examples and, on the root, the exit codes.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int WidthWhenPiped = 120;
    private readonly HelpAction _standard = new();

    public override int Invoke(ParseResult parseResult)
    {
        if (Console.IsOutputRedirected)
            _standard.MaxWidth = WidthWhenPiped;
        var status = _standard.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is VerbCommand { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (var (what, arguments) in verb.Examples)
            {
                output.WriteLine($"  # {what}");
                output.WriteLine($"  plumbline {arguments}");
                output.WriteLine();
            }
        }
        else if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            foreach (var code in Enum.GetValues<ExitCode>())
                output.WriteLine($"  {(int)code, 3}  {Meaning(code)}");
            output.WriteLine();
        }

        return status;
    }

    internal static string Meaning(ExitCode code) =>
        code switch
        {
            ExitCode.Ok => "done",
            ExitCode.Failure => "failed; the error stream says why",
            ExitCode.Usage => "wrong command line",
            ExitCode.ServerUnreachable => "the server does not answer",
            ExitCode.RowsRejected => "imported, but some rows were rejected",
            ExitCode.ConfigurationInvalid => "wrong configuration file",
            ExitCode.WaitTimedOut => "imported, but not everything was computed in time",
            ExitCode.NotEnoughData => "no rule fires, but some could not judge anything",
            ExitCode.Interrupted => "interrupted",
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "An exit code without a meaning."),
        };
}

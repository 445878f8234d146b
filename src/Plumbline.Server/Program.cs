using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Import;

// What each verb does. Everything else about the command line is in Cli/CommandLine.cs.
return await CommandLine.RunAsync(
    args,
    new VerbActions
    {
        Serve = ServerRuns.ServeAsync,
        // The demonstration traffic is started here by Demo/ when it lands; until then the server starts empty and says so.
        Demo = (settings, terminal, cancellation) => throw new CommandLineException(ExitCode.Failure, "this build has no demonstration model"),
        Import = ImportRun.RunAsync,
        CheckConfig = ServerRuns.CheckConfigAsync,
    },
    Terminal.OfProcess());

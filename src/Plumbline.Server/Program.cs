using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Gate;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Report;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Cli.Wait;
using Plumbline.Server.Demo;
using Plumbline.Store;

// What each verb does. Everything else about the command line is in Cli/CommandLine.cs.
var exitCode = await CommandLine.RunAsync(
    args,
    new VerbActions
    {
        Serve = ServerRuns.ServeAsync,
        Demo = DemoRun.RunAsync,
        Import = ImportRun.RunAsync,
        Wait = WaitRun.RunAsync,
        Gate = GateRun.RunAsync,
        Report = ReportRun.RunAsync,
        CheckConfig = ServerRuns.CheckConfigAsync,
        Check = CheckVerb.RunAsync,
        Account = AccountRun.RunAsync,
    },
    Terminal.OfProcess()
);
UnixProcess.Leave(exitCode);
return exitCode;

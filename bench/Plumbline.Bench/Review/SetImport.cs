using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Bench.Review;

/// <summary>Brings a public set into a server, by the verb that anybody would use.</summary>
internal static class SetImport
{
    /// <summary>Imports a set as one day of a model of its name.</summary>
    public static async Task RunAsync(LabelledSet set, string folder, BenchHost host, DateOnly day, string version = "v1")
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(
            set.ImportWords(folder, host.Client.BaseAddress!, day, version),
            OnlyImport(),
            new Terminal(output, error, false)
        );
        if (code != 0)
            throw new InvalidOperationException($"{set.Name} could not be imported: {output}{error}");
    }

    private static VerbActions OnlyImport() =>
        new()
        {
            Serve = (_, _, _) => throw new NotSupportedException(),
            Demo = (_, _, _) => throw new NotSupportedException(),
            Import = ImportRun.RunAsync,
            CheckConfig = (_, _, _) => throw new NotSupportedException(),
            Check = (_, _, _) => throw new NotSupportedException(),
            Account = (_, _, _) => throw new NotSupportedException(),
            Wait = (_, _, _) => throw new NotSupportedException(),
            Gate = (_, _, _) => throw new NotSupportedException(),
            Report = (_, _, _) => throw new NotSupportedException(),
        };
}

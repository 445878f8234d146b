using System.CommandLine;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Gate;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Cli.Wait;

namespace Plumbline.Server.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("serv", "Did you mean 'serve'?")]
    [InlineData("serve --dta x", "Did you mean '--data'?")]
    [InlineData("serve --urls ftp://x", "not a URL to listen on")]
    [InlineData("demo --days 0", "--days must be 1..90")]
    [InlineData("demo --until 2026-01-01", "--until needs --no-live")]
    [InlineData("demo --no-live --until tomorrow", "--until must be a time that has passed")]
    [InlineData("demo --no-live --until 2999-01-01", "--until must be a time that has passed")]
    [InlineData("import m", "nothing to import")]
    [InlineData("import m f.csv --predictions g.csv --prediction p --timestamp t", "the predictions are given twice")]
    [InlineData("import m --predictions f.csv --prediction p", "when were the predictions made?")]
    [InlineData("import m --ground-truth f.csv --ground-truth-column y", "needs --ground-truth-column COLUMN and --id COLUMN")]
    [InlineData("import m --predictions f.csv --prediction p --timestamp t --server nowhere", "not a server's address")]
    [InlineData("import m --predictions f.csv --prediction p --timestamp t --window often", "not a duration")]
    [InlineData("import m --predictions f.csv --prediction p --start soon", "not a time")]
    public async Task A_wrong_command_line_is_told_with_a_hint_and_answers_2(string line, string hint)
    {
        var (code, _, error) = await RunAsync(line);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_every_verb_shows_all_options_and_examples()
    {
        foreach (var verb in CommandLine.Create(Recording([]), Silent()).Subcommands)
        {
            var (code, output, error) = await RunAsync($"{verb.Name} --help");
            Assert.Equal((0, ""), (code, error));
            Assert.Contains("Examples:", output, StringComparison.Ordinal);
            Assert.All(verb.Options, option => Assert.Contains(option.Name, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_example_of_the_help_is_a_right_command_line()
    {
        var root = CommandLine.Create(Recording([]), Silent());
        var examples = root.Subcommands.Cast<VerbCommand>().SelectMany(verb => verb.Examples).ToArray();
        Assert.True(examples.Length >= 8);
        Assert.All(examples, example => Assert.Empty(root.Parse(example.Arguments).Errors));
    }

    [Fact]
    public async Task Settings_arrive_as_given()
    {
        var seen = new List<object>();
        await CommandLine.RunAsync(
            ["serve", "--data", "d", "--urls", "http://127.0.0.1:1;http://[::1]:2", "--config", "c.yaml"],
            Recording(seen),
            Silent()
        );
        await CommandLine.RunAsync(["demo", "--days", "3", "--seed", "9", "--no-live"], Recording(seen), Silent());
        await CommandLine.RunAsync(
            [
                "import",
                "m",
                "--predictions",
                "f.csv",
                "--prediction",
                "p",
                "--timestamp",
                "t",
                "--features",
                "a,b",
                "--features",
                "c\\,d",
                "--segments",
                "b",
                "--version",
                "v7",
                "--interval",
                "2h",
            ],
            Recording(seen),
            Silent()
        );
        var serve = Assert.IsType<ServeSettings>(seen[0]);
        Assert.Equal(["http://127.0.0.1:1", "http://[::1]:2"], serve.Urls);
        Assert.Equal(("d", "all", "c.yaml"), (serve.DataDirectory, serve.Role, serve.ConfigurationFile));
        Assert.Equal((3, 9, false), seen[1] is DemoSettings demo ? (demo.Days, demo.Seed, demo.Live) : default);
        var import = Assert.IsType<ImportSettings>(seen[2]);
        Assert.Equal(["a", "b", "c,d"], import.Features);
        Assert.Equal(
            ("m", "v7", "categorical", TimeSpan.FromHours(2)),
            (import.Model, import.Version, import.FeatureTypes["b"], import.Interval)
        );
    }

    [Fact]
    public async Task An_unreachable_server_answers_3()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "t,p\n2026-01-01,1\n");
            var error = new StringWriter();
            // Port 1 is never listened on.
            var code = await CommandLine.RunAsync(
                [
                    "import",
                    "m",
                    "--server",
                    "http://127.0.0.1:1",
                    "--format",
                    "csv",
                    "--predictions",
                    file,
                    "--prediction",
                    "p",
                    "--timestamp",
                    "t",
                ],
                Real(),
                new Terminal(TextWriter.Null, error, false)
            );
            Assert.Equal((int)ExitCode.ServerUnreachable, code);
            Assert.Contains("cannot reach http://127.0.0.1:1/", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Every_exit_code_has_a_meaning() =>
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.NotEmpty(HelpWithExamples.Meaning(code)));

    internal static VerbActions Real() =>
        Recording([]) with
        {
            Import = ImportRun.RunAsync,
            CheckConfig = ServerRuns.CheckConfigAsync,
            Check = CheckVerb.RunAsync,
            Wait = WaitRun.RunAsync,
            Gate = GateRun.RunAsync,
            Report = Plumbline.Server.Cli.Report.ReportRun.RunAsync,
        };

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(line.Split(' '), Recording([]), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static Terminal Silent() => new(TextWriter.Null, TextWriter.Null, false);

    private static VerbActions Recording(List<object> seen)
    {
        Task<ExitCode> Take(object settings)
        {
            seen.Add(settings);
            return Task.FromResult(ExitCode.Ok);
        }

        return new VerbActions
        {
            Serve = (s, _, _) => Take(s),
            Demo = (s, _, _) => Take(s),
            Import = (s, _, _) => Take(s),
            CheckConfig = (s, _, _) => Take(s),
            Check = (s, _, _) => Take(s),
            Account = (s, _, _) => Take(s),
            Wait = (s, _, _) => Take(s),
            Gate = (s, _, _) => Take(s),
            Report = (s, _, _) => Take(s),
        };
    }
}

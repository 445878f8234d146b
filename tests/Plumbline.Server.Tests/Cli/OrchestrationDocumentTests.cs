using System.Diagnostics;
using System.Text.RegularExpressions;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.Alerting;

namespace Plumbline.Server.Tests.Cli;

/// <summary>docs/orchestration.md: its rules, its command lines and its Python do what it says, against the real server.</summary>
public sealed partial class OrchestrationDocumentTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "orchestration.md"));

    // The bases of Airflow, as far as the two classes of the document use them.
    private const string Airflow = """
        import sys, types, logging
        class Base:
            def __init__(self, **kwargs): self.log = logging.getLogger("airflow")
        for name in ("airflow", "airflow.sdk", "airflow.sdk.bases", "airflow.sdk.bases.operator", "airflow.sdk.bases.sensor"):
            sys.modules[name] = types.ModuleType(name)
        sys.modules["airflow.sdk.bases.operator"].BaseOperator = Base
        sys.modules["airflow.sdk.bases.sensor"].BaseSensorOperator = Base

        """;

    [Fact]
    public void Every_command_in_it_is_a_right_command_line()
    {
        var root = CommandLine.Create(CommandLineTests.Real(), new Terminal(TextWriter.Null, TextWriter.Null, false));
        var commands = Command().Matches(Document).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(4, commands.Count);
        Assert.All(commands, command => Assert.Empty(root.Parse(command).Errors));
    }

    [Fact]
    public async Task Its_rules_are_judged()
    {
        var model = await WorldAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Yaml().Match(Document).Groups[1].Value);
            var (output, error) = (new StringWriter(), new StringWriter());
            string[] line = ["gate", model, "--rules", file, "--version", "v2", "--server", host.Address.ToString()];
            var code = await CommandLine.RunAsync(line, CommandLineTests.Real(), new Terminal(output, error, false));
            Assert.True(code == 1, $"{output}{error}");
            Assert.Contains("0 hold, 1 fire, 1 cannot judge", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Its_python_waits_and_judges()
    {
        var python = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null, "python3 is not installed.");
        var model = await WorldAsync();
        var program =
            Airflow
            + string.Concat(Python().Matches(Document).Select(match => match.Groups[1].Value))
            + $$"""

                server, model = "{{host.Address.ToString().TrimEnd('/')}}", "{{model}}"
                start, end = "{{Time(-48)}}", "{{Time(0)}}"
                rule = {"name": "floor", "kind": "threshold", "metric": "performance.accuracy", "direction": "below", "value": 0.8}
                sensor = ModelComputedSensor(server=server, model=model, until=end)
                import time
                for _ in range(100):
                    if sensor.poke(None):
                        break
                    time.sleep(0.1)
                print(sensor.poke(None), ModelComputedSensor(server=server, model=model, until="2999-01-01T00:00:00Z").poke(None))
                print(firings(server, model, rule | {"version": "v1"}, start, end))
                print(firings(server, model, rule | {"version": "v3"}, start, end))
                print(len(firings(server, model, rule | {"version": "v2"}, start, end)))
                ModelGateOperator(server=server, model=model, rule=rule | {"version": "v1"}, start=start, end=end).execute(None)
                try:
                    ModelGateOperator(server=server, model=model, rule=rule | {"version": "v2"}, start=start, end=end).execute(None)
                except RuntimeError as stopped:
                    print(str(stopped)[:6])
                """;
        using var process = Process.Start(
            new ProcessStartInfo(python!, ["-c", program])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.Equal(["True False", "[]", "None", "1", "floor:"], said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Time(int hours) => $"{TimeProvider.System.GetUtcNow().AddHours(hours - 3):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private async Task<string> WorldAsync()
    {
        var world = await AlertingWorld.CreateAsync(host);
        await world
            .Rows(60)
            .Series("performance.accuracy", 60, _ => 0.9, version: "v1")
            .Series("performance.accuracy", 60, before => before <= 30 ? 0.7 : 0.9, version: "v2")
            .EvaluateAsync();
        await host.WaitUntilEvaluatedAsync(world.Model.Name);
        return world.Model.Name;
    }

    [GeneratedRegex(@"^(?:  run: )?plumbline (.+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Command();

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"```python\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Python();
}

using System.Xml.Linq;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.Alerting;

namespace Plumbline.Server.Tests.Cli;

/// <summary>`plumbline gate` against the real server, with metric points in the real store.</summary>
public sealed class GateTests(TestHost host) : IDisposable
{
    private const string Floor =
        "rules:\n  - name: accuracy-floor\n    kind: threshold\n    metric: performance.accuracy\n    direction: below\n    value: 0.8\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-gate-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_version_that_holds_passes_and_one_that_does_not_is_told_with_its_numbers()
    {
        var model = await WorldAsync();
        var (good, output, error) = await GateAsync(model, Floor, "--version", "v1");
        Assert.True(good == 0, output + error);
        Assert.Contains("HOLDS", output, StringComparison.Ordinal);
        Assert.Contains("performance.accuracy of version v1 below 80 % in 2 of 2 windows of 1h", output, StringComparison.Ordinal);

        var (bad, told, why) = await GateAsync(model, Floor, "--version", "v2");
        Assert.True(bad == 1, told + why);
        Assert.Contains("FIRES", told, StringComparison.Ordinal);
        Assert.Matches("performance.accuracy of version v2 0[.](69|7)", told);
        Assert.Contains("against 0.8, 800 rows, 2 windows", told, StringComparison.Ordinal);
        Assert.Contains("0 hold, 1 fire, 0 cannot judge", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fired_before_the_period_and_goes_on_stops_it_too()
    {
        var model = await WorldAsync();
        var (code, output, error) = await GateAsync(model, Floor, "--version", "v2", "--from", "-10h");
        Assert.True(code == 1, output + error);
        Assert.Contains("it fired before the period and had not ended", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail", 7, "errors", "error")]
    [InlineData("pass", 0, "skipped", "skipped")]
    public async Task Silence_is_not_health(string missing, int expected, string attribute, string element)
    {
        var model = await WorldAsync();
        var junit = Path.Combine(_folder, "gate.xml");
        var (code, output, error) = await GateAsync(model, Floor, "--version", "v3", "--missing", missing, "--junit", junit);
        Assert.True(code == expected, output + error);
        Assert.Contains("CANNOT JUDGE", output, StringComparison.Ordinal);
        Assert.Contains("no version 'v3' so far", error, StringComparison.Ordinal);
        var suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        Assert.Equal(("1", "1"), (suite.Attribute("tests")!.Value, suite.Attribute(attribute)!.Value));
        Assert.NotEmpty(suite.Element("testcase")!.Element(element)!.Attribute("message")!.Value);
    }

    [Fact]
    public async Task The_reports_say_what_the_terminal_says()
    {
        var model = await WorldAsync();
        var (junit, markdown) = (Path.Combine(_folder, "gate.xml"), Path.Combine(_folder, "gate.md"));
        var both =
            Floor + "  - name: rows\n    kind: threshold\n    metric: input.rows\n    direction: below\n    value: 10\n    minimum_n: 0\n";
        var (code, output, error) = await GateAsync(model, both, "--version", "v2", "--junit", junit, "--markdown", markdown);
        Assert.True(code == 1, output + error);
        var suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1", "0"), (Of(suite, "tests"), Of(suite, "failures"), Of(suite, "errors")));
        var cases = suite.Elements("testcase").ToList();
        Assert.Equal(["accuracy-floor", "rows"], cases.Select(one => Of(one, "name")));
        Assert.Contains("against 0.8, 800 rows", cases[0].Element("failure")!.Value, StringComparison.Ordinal);
        Assert.Empty(cases[1].Elements());
        var table = await File.ReadAllLinesAsync(markdown);
        Assert.Equal(
            2,
            table.Count(line =>
                line.StartsWith("| holds", StringComparison.Ordinal) || line.StartsWith("| fires", StringComparison.Ordinal)
            )
        );
        Assert.Contains("1 hold, 1 fire, 0 cannot judge", table[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules:\n  - name: a\n    kind: treshold\n", 5, "gate.yaml:3:")]
    [InlineData("rules:\n  - name: a\n    kind: threshold\n    metric: input.rows\n    direction: below\n", 5, "needs a number")]
    [InlineData("rules: []\n", 5, "1 to 200 rules")]
    [InlineData("rule: []\n", 5, "Did you mean 'rules'")]
    public async Task A_wrong_file_is_told_with_its_line(string rules, int expected, string words)
    {
        var (code, _, error) = await GateAsync("m", rules);
        Assert.Equal(expected, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_the_server_knows_is_told_by_it()
    {
        var model = await WorldAsync();
        var (code, _, error) = await GateAsync(
            model,
            Floor.Replace("performance.accuracy", "performance.accurcy", StringComparison.Ordinal)
        );
        Assert.Equal(1, code);
        Assert.Contains("rule accuracy-floor was not judged", error, StringComparison.Ordinal);
        Assert.Contains("There is no metric 'performance.accurcy'", error, StringComparison.Ordinal);
        Assert.Equal(1, (await GateAsync("nobody", Floor)).Code);
        Assert.Equal(2, (await GateAsync(model, Floor, "--from", "-1h", "--to", "-2h")).Code);
    }

    private static string Of(XElement element, string attribute) => element.Attribute(attribute)!.Value;

    /// <summary>Two days of hours: version v1 is right nine times of ten, v2 seven since thirty hours.</summary>
    private async Task<string> WorldAsync()
    {
        var world = await AlertingWorld.CreateAsync(host);
        foreach (var version in (string[])["v1", "v2"])
        {
            await host.PostAsync(
                world.Model.Name,
                "predictions",
                [
                    new
                    {
                        timestamp = world.HoursBeforeEnd(40),
                        version,
                        prediction = "a",
                        features = new { age = 1 },
                    },
                ]
            );
        }

        await host.WaitUntilComputedAsync(world.Model.Name);
        await world
            .Rows(48)
            .Rows(48, "v1")
            .Rows(48, "v2")
            .Series("performance.accuracy", 48, _ => 0.9, version: "v1")
            .Series("performance.accuracy", 48, before => before <= 30 ? 0.7 : 0.9, version: "v2")
            .EvaluateAsync();
        return world.Model.Name;
    }

    private async Task<(int Code, string Output, string Error)> GateAsync(string model, string rules, params string[] options)
    {
        var file = Path.Combine(_folder, "gate.yaml");
        await File.WriteAllTextAsync(file, rules);
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] line = ["gate", model, "--rules", file, .. options, "--server", host.Address.ToString()];
        var code = await CommandLine.RunAsync(line, CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }
}

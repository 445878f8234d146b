using System.Diagnostics;
using System.Text.Json;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Exposition.Deploy;

/// <summary>The files of <c>deploy/</c>, as far as they can be checked without a server.</summary>
public sealed class DeployedFilesTests
{
    private static readonly string Prometheus = Path.Combine(Checkout.Root, "deploy", "prometheus");

    [Theory]
    [InlineData("check", "rules", "plumbline-rules.yml")]
    [InlineData("test", "rules", "plumbline-rules.test.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    public async Task Promtool_takes_rules_their_test_and_the_configuration(string verb, string what, string file)
    {
        var (code, output) = await InstalledProgram.Promtool.RunAsync("", verb, what, Path.Combine(Prometheus, file));
        Assert.True(code == 0, output);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_alert_of_the_rules_is_tested()
    {
        var rules = await File.ReadAllLinesAsync(Path.Combine(Prometheus, "plumbline-rules.yml"), TestContext.Current.CancellationToken);
        var tests = await File.ReadAllTextAsync(
            Path.Combine(Prometheus, "plumbline-rules.test.yml"),
            TestContext.Current.CancellationToken
        );
        var alerts = rules.Where(line => line.Contains("- alert: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[1]).ToList();
        Assert.InRange(alerts.Count, 5, 100);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n", tests, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_dashboards_are_what_their_sources_make()
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-grafana-").FullName;
        try
        {
            Copy(GrafanaDashboard.Folder, folder);
            var fetched = await RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--loglevel=error");
            Assert.SkipWhen(fetched.Code != 0, $"Grafana's library could not be fetched with npm: {fetched.Output}");
            var (code, output) = await RunAsync("npm", folder, "run", "check");
            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("prometheus", "prometheus")]
    [InlineData("api", "yesoreyeram-infinity-datasource")]
    public void A_dashboard_has_what_Grafana_needs_of_it(string set, string plugin)
    {
        var dashboards = GrafanaDashboard.Read(set);
        Assert.InRange(dashboards.Count, 4, 20);
        Assert.Distinct(dashboards.Select(dashboard => dashboard.Root.GetProperty("uid").GetString()));
        Assert.Distinct(dashboards.Select(dashboard => dashboard.Root.GetProperty("title").GetString()));
        foreach (var dashboard in dashboards)
        {
            // A file that is provisioned has no number of its own.
            Assert.False(dashboard.Root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number, dashboard.Name);
            Assert.Distinct(dashboard.Panels.Select(panel => panel.GetProperty("id").GetInt32()));
            Assert.Equal(
                plugin,
                dashboard.Variables.Single(variable => Text(variable, "name") == "datasource").GetProperty("query").GetString()
            );
            Assert.NotEmpty(dashboard.Annotations);
            Assert.All(dashboard.Queries, one => Assert.Equal(plugin, Text(one.Query.GetProperty("datasource"), "type")));
            Assert.All(
                dashboard.Panels.Where(panel => Text(panel, "type") != "row"),
                panel => Assert.False(string.IsNullOrEmpty(Text(panel, "description")), $"{dashboard.Name}: {Text(panel, "title")}")
            );
            LiesInTheGrid(dashboard);
        }
    }

    private static void LiesInTheGrid(GrafanaDashboard dashboard)
    {
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in dashboard.Panels)
        {
            var place = panel.GetProperty("gridPos");
            var (x, y) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32());
            var (width, height) = (place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            Assert.True(x >= 0 && width > 0 && height > 0 && x + width <= 24, $"{dashboard.Name}: {place}");
            for (var column = x; column < x + width; column++)
            {
                for (var line = y; line < y + height; line++)
                    Assert.True(taken.Add((column, line)), $"{dashboard.Name}: two panels at {column},{line}");
            }
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void Copy(string from, string to)
    {
        var files = Directory
            .EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal));
        foreach (var file in files)
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}

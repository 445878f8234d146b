using System.Globalization;
using System.Text.Json;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Text;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.SystemLayer;

/// <summary>docs/system.md: its curl lines as they are printed, by curl itself; its tables are the program's.</summary>
public sealed class SystemDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "system.md"));

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        var exporter = RunningProgram.Start(InstalledProgram.NodeExporter, port => [$"--web.listen-address=127.0.0.1:{port}"]);
        await using var disposed = exporter;
        await using var prometheus = await PrometheusProcess.StartAsync(
            $"- {{ job_name: node, static_configs: [ {{ targets: ['127.0.0.1:{exporter.Port}'] }} ] }}"
        );
        using var server = await MachineServer.StartAsync(("main", prometheus.Address.ToString()));
        await server.SendAsync(HttpMethod.Put, "/v1/models/churn", new { task = "binary" });
        await prometheus.UntilAsync("rate(node_cpu_seconds_total[5m])");
        var lines = Document.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        Assert.Equal(9, lines.Count);
        var authority = server.Client.BaseAddress!.Authority;
        var said = new List<JsonElement>();
        foreach (var line in lines)
        {
            var answer = await ShellLine.RunAsync(
                line.Replace("localhost:5070", authority, StringComparison.Ordinal),
                "-sS --fail-with-body"
            );
            said.Add(JsonDocument.Parse(answer).RootElement);
        }

        Assert.Equal("main", said[0].GetProperty("prometheus")[0].GetString());
        Assert.Equal(JsonValueKind.Null, said[1].GetProperty("problem").ValueKind);
        Assert.InRange(said[1].GetProperty("points").EnumerateArray().Last().GetProperty("value").GetDouble(), 0, 1);
        Assert.Equal(1, said[6].GetProperty("taken").GetInt32());
        Assert.Equal("NodeOutOfMemory", said[7].GetProperty("alerts")[0].GetProperty("name").GetString());
        Assert.Equal("cpu", said[3].GetProperty("queries")[0].GetProperty("metric").GetString());
    }

    [Fact]
    public void The_tables_are_the_program_s()
    {
        var options = new MachineOptions();
        Assert.All(
            MachineMetrics.All.Select(metric => $"| `{MachineMetrics.ShortOf(metric.Name)}` | `{metric.Name}` | {metric.Unit} |"),
            row => Assert.Contains(row, Document, StringComparison.Ordinal)
        );
        string[] rows =
        [
            $"| `system.prometheus` | at most {MachineOptions.MaxConnections}, none |",
            $"| `system.timeout` | 1s..1m, {DurationText.Format(options.Timeout)} |",
            $"| `system.max_series` | 1..1000, {options.MaxSeries} |",
            $"| `system.backfill` | 1h..30d, {DurationText.Format(options.Backfill)} |",
            string.Create(CultureInfo.InvariantCulture, $"| `system.objective` | 0.5..0.99999, {options.Objective} |"),
            $"PromQL, 1..{MachineQuery.MaxLength:N0} characters",
        ];
        Assert.All(rows, row => Assert.Contains(row, Document, StringComparison.Ordinal));
    }
}

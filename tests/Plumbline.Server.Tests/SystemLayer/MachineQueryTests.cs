using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.SystemLayer;

/// <summary>Queries against a real Prometheus that has scraped a real node-exporter, and everything that can be wrong with them.</summary>
public sealed class MachineQueryTests
{
    private const string Queries = "/v1/models/m/system/queries";

    [Fact]
    public async Task Queries_are_tried_stored_and_pulled_and_what_is_wrong_is_said()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var exporter = RunningProgram.Start(InstalledProgram.NodeExporter, port => [$"--web.listen-address=127.0.0.1:{port}"]);
        await using var prometheus = await PrometheusProcess.StartAsync(
            $"- {{ job_name: node, static_configs: [ {{ targets: ['127.0.0.1:{exporter.Port}'] }} ] }}",
            Past(now)
        );
        await using var hanging = await HttpSink.StartAsync();
        hanging.Answer = (request, response) =>
            request.Path.StartsWith("/slow", StringComparison.Ordinal)
                ? Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System)
                : response.WriteAsync("<html>Sign in</html>");
        using var server = await MachineServer.StartAsync(
            ("main", prometheus.Address.ToString()),
            ("slow", $"http://127.0.0.1:{hanging.Port}/slow"),
            ("proxy", $"http://127.0.0.1:{hanging.Port}/proxy"),
            ("down", $"http://127.0.0.1:{FreePort.Find()}")
        );
        await server.SendAsync(HttpMethod.Put, "/v1/models/m", new { task = "binary", window = "10m" });
        await prometheus.UntilAsync("rate(node_cpu_seconds_total[10s])");

        // The presets that node-exporter serves give numbers; all are right PromQL.
        foreach (var preset in MachinePreset.All)
        {
            var tried = await TryAsync(server, MachineMetrics.ShortOf(preset.Metric), preset.Query);
            if (preset.Name == "node-memory")
                Assert.InRange(tried.GetProperty("points").EnumerateArray().Last().GetProperty("value").GetDouble(), 0.01, 1);
            else if (preset.Name is not "node-cpu" and not "dcgm-gpu")
                Assert.Contains("no numbers now", Problem(tried), StringComparison.Ordinal);
        }

        // A value of 9.2e18 is none: of two GPUs one is measured.
        var gpu = await TryAsync(server, "gpu", "max(max_over_time(DCGM_FI_DEV_GPU_UTIL{gpu=\"1\"}[2h])) / 100");
        Assert.Equal(0.4, gpu.GetProperty("points")[0].GetProperty("value").GetDouble(), 1e-9);
        Assert.Contains(
            "no numbers",
            Problem(await TryAsync(server, "gpu", "max(max_over_time(DCGM_FI_DEV_GPU_UTIL{gpu=\"0\"}[2h]))")),
            StringComparison.Ordinal
        );

        await WrongAsync(server);
        await PulledAsync(server, now);
    }

    private static async Task WrongAsync(MachineServer server)
    {
        Assert.Contains("it answered 400", Problem(await TryAsync(server, "cpu", "sum(")), StringComparison.Ordinal);
        Assert.Contains(
            "it answered 422",
            Problem(await TryAsync(server, "cpu", "node_cpu_seconds_total * on(instance) node_cpu_seconds_total")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "at most 50 (system.max_series)",
            Problem(await TryAsync(server, "cpu", "{__name__=~\"node.+\"}")),
            StringComparison.Ordinal
        );
        Assert.Contains("within 2 s", Problem(await TryAsync(server, "cpu", "up", "slow")), StringComparison.Ordinal);
        Assert.Contains("no JSON", Problem(await TryAsync(server, "cpu", "up", "proxy")), StringComparison.Ordinal);
        Assert.Contains("cannot be reached", Problem(await TryAsync(server, "cpu", "up", "down")), StringComparison.Ordinal);

        await RefusedAsync(server, "cpu", new { query = "" }, "1..4000");
        await RefusedAsync(server, "cpu", new { query = "up", prometheus = "elsewhere" }, "one of main, slow, proxy, down");
        await RefusedAsync(server, "cpu", new { query = "up", url = "http://elsewhere" }, "url");
        await RefusedAsync(server, "disk", new { query = "up" }, "none of cpu, memory");
    }

    private static async Task PulledAsync(MachineServer server, DateTimeOffset now)
    {
        await server.SendAsync(HttpMethod.Put, $"{Queries}/cpu", new { query = "story_cpu{model=\"$model\"}", across = "max" });
        await server.SendAsync(HttpMethod.Put, $"{Queries}/queue", new { query = "story_nothing" });
        await server.SendAsync(HttpMethod.Put, $"{Queries}/memory", new { query = "up", prometheus = "down" });
        var listed = await server.UntilAsync(
            Queries,
            answer =>
                answer.GetProperty("queries").EnumerateArray().All(query => query.GetProperty("asked_at").ValueKind != JsonValueKind.Null)
        );
        var problems = listed
            .GetProperty("queries")
            .EnumerateArray()
            .ToDictionary(query => query.GetProperty("metric").GetString()!, query => query.GetProperty("problem").GetString() ?? "");
        Assert.Contains("no series up to", problems["queue"], StringComparison.Ordinal);
        Assert.Contains("cannot be reached", problems["memory"], StringComparison.Ordinal);
        Assert.All(
            listed.GetProperty("queries").EnumerateArray().Where(query => query.GetProperty("metric").GetString() != "cpu"),
            query => Assert.NotEqual(JsonValueKind.Null, query.GetProperty("problem_since").ValueKind)
        );

        // Two series of 0.2 and 0.6: the fuller machine counts.
        var (from, to) = (now.AddHours(-5).ToString("O"), now.AddHours(-3).ToString("O"));
        var metrics = $"/v1/models/m/metrics?metric=machine.cpu&from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}";
        var stored = await server.UntilAsync(metrics, answer => answer.GetProperty("points").GetArrayLength() >= 12);
        Assert.All(stored.GetProperty("points").EnumerateArray(), point => Assert.Equal(0.6, point.GetProperty("value").GetDouble(), 1e-9));
        using var deleted = await server.Client.DeleteAsync($"{Queries}/queue");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var again = await server.Client.DeleteAsync($"{Queries}/queue");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public void Options_say_what_is_wrong_with_them()
    {
        List<string> errors = [];
        new MachineOptions
        {
            Timeout = TimeSpan.Zero,
            MaxSeries = 0,
            Backfill = TimeSpan.Zero,
            Objective = 1,
            Prometheus =
            [
                new PrometheusConnection { Name = "a b" },
                new PrometheusConnection { Name = "a", Url = new Uri("http://169.254.169.254/") },
                new PrometheusConnection
                {
                    Name = "a",
                    Url = new Uri("http://localhost:9090"),
                    Authorization = "Bearer x",
                    AuthorizationVariable = "Y",
                },
            ],
        }.Validate(errors, allowLinkLocal: false);
        Assert.Equal(9, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("system.prometheus[1].url: link-local", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("'a' is there twice", StringComparison.Ordinal));
    }

    private static Task<JsonElement> TryAsync(MachineServer server, string metric, string query, string? prometheus = null) =>
        server.SendAsync(HttpMethod.Post, $"{Queries}/{metric}/test", new { query, prometheus });

    private static string Problem(JsonElement tried) => tried.GetProperty("problem").GetString() ?? "";

    private static async Task RefusedAsync(MachineServer server, string metric, object query, string why)
    {
        using var response = await server.Client.PutAsJsonAsync($"{Queries}/{metric}", query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(why, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Every minute of six hours: two machines, a GPU that is measured and one that is not.
    private static string Past(DateTimeOffset now)
    {
        var text = new StringBuilder();
        Family("story_cpu", ("{model=\"m\",pod=\"a\"}", "0.2"), ("{model=\"m\",pod=\"b\"}", "0.6"));
        Family("DCGM_FI_DEV_GPU_UTIL", ("{gpu=\"0\"}", "9223372036854775807"), ("{gpu=\"1\"}", "40"));
        return text.Append("# EOF\n").ToString();

        void Family(string name, params (string Labels, string Value)[] series)
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n");
            foreach (var (labels, value) in series)
            {
                for (var minute = 360; minute >= 0; minute--)
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value} {now.AddMinutes(-minute).ToUnixTimeSeconds()}\n");
            }
        }
    }
}

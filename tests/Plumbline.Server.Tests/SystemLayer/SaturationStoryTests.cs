using System.Globalization;
using System.Text;
using System.Text.Json;
using Plumbline.Server.Tests.Processes;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.SystemLayer;

/// <summary>
/// The planted story: after two calm days the processor saturates, half an hour later requests are slow, then they time out, then the
/// service answers by a fallback. What moved first is said with its lead, and the incident names saturation.
/// </summary>
public sealed class SaturationStoryTests
{
    private const int Rows = 100;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task What_moved_first_is_the_processor_and_the_incident_names_it()
    {
        // Whole windows, and the newest of them closed.
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 600 * 600).AddMinutes(-10);
        var full = now.AddHours(-3);
        var (slow, late, fallback) = (full.AddMinutes(30), full.AddMinutes(60), full.AddMinutes(90));
        await using var prometheus = await PrometheusProcess.StartAsync("- { job_name: none, static_configs: [] }", Cpu(now, full));
        using var server = await MachineServer.StartAsync(("main", prometheus.Address.ToString()));
        await server.SendAsync(
            HttpMethod.Put,
            "/v1/models/story",
            new
            {
                task = "binary",
                window = "10m",
                allowed_lateness = "1m",
                features = new { amount = new { type = "numeric" } },
            }
        );
        await server.SendAsync(HttpMethod.Put, "/v1/models/story/system/queries/cpu", new { query = "1 - avg(story_idle_ratio)" });
        for (var at = now.AddDays(-2.5); at < now; at = at.AddHours(6))
            await SendAsync(server, at, now, slow, late, fallback);
        await server.UntilAsync(
            "/v1/models/story/progress",
            // What is still in the spool has no windows yet that could be pending.
            progress =>
                progress.GetProperty("spool").GetInt64() == 0
                && progress.GetProperty("pending_windows").GetInt64() == 0
                && !progress.GetProperty("rules_pending").GetBoolean()
        );
        await server.UntilAsync(
            "/v1/models/story/system/queries",
            answer => answer.GetProperty("queries")[0].GetProperty("pulled_to").GetDateTimeOffset() >= now
        );

        var (from, to) = (Uri.EscapeDataString(now.AddHours(-6).ToString("O")), Uri.EscapeDataString(now.ToString("O")));
        var moved = await server.GetAsync($"/v1/models/story/system/first-moves?from={from}&to={to}");
        var moves = moved.GetProperty("moves").EnumerateArray().ToList();
        Assert.Equal("machine.cpu", moves[0].GetProperty("metric").GetString());
        Assert.Equal(full, moves[0].GetProperty("at").GetDateTimeOffset());
        Assert.InRange(moves[0].GetProperty("normal").GetDouble(), 0.35, 0.45);
        Assert.Equal(slow, At(moves, "system.latency_ms.p95"));
        Assert.Equal(late, At(moves, "system.timeout_rate"));
        Assert.Equal(fallback, At(moves, "drift.psi"));
        Assert.Equal("90m", moves[0].GetProperty("lead").GetString());
        Assert.Equal("0s", moves[^1].GetProperty("lead").GetString());

        var incidents = await server.UntilAsync(
            "/v1/incidents?model=story",
            answer => answer.GetProperty("incidents").EnumerateArray().Any(incident => Cause(incident) == "saturation")
        );
        var incident = incidents.GetProperty("incidents").EnumerateArray().First(incident => Cause(incident) == "saturation");
        Assert.Contains("CPU saturated", incident.ToString(), StringComparison.Ordinal);
        Assert.Contains("before it began: saturation explains slow and failed requests", incident.ToString(), StringComparison.Ordinal);

        await AvailabilityAsync(server);
    }

    private static async Task AvailabilityAsync(MachineServer server)
    {
        var availability = await server.GetAsync("/v1/models/story/system/availability");
        var all = availability.GetProperty("versions")[0];
        Assert.Equal(JsonValueKind.Null, all.GetProperty("version").ValueKind);
        var expected = 1 - (all.GetProperty("timeouts").GetDouble() / all.GetProperty("requests").GetDouble());
        Assert.Equal(expected, all.GetProperty("availability").GetDouble(), 1e-9);
        Assert.True(all.GetProperty("timeouts").GetInt64() > 100);
        Assert.True(all.GetProperty("budget_left").GetDouble() < 0);
    }

    private static DateTimeOffset At(IEnumerable<JsonElement> moves, string metric) =>
        moves
            .Where(move => move.GetProperty("metric").GetString() == metric)
            .Select(move => move.GetProperty("at").GetDateTimeOffset())
            .DefaultIfEmpty(default)
            .Min();

    private static string? Cause(JsonElement incident) =>
        incident.GetProperty("story").GetProperty("causes") is var causes && causes.GetArrayLength() > 0
            ? causes[0].GetProperty("kind").GetString()
            : null;

    private static async Task SendAsync(
        MachineServer server,
        DateTimeOffset from,
        DateTimeOffset now,
        DateTimeOffset slow,
        DateTimeOffset late,
        DateTimeOffset fallback
    )
    {
        var random = new RandomSource((ulong)from.ToUnixTimeSeconds());
        var rows = new List<object>();
        for (var window = from; window < from.AddHours(6) && window < now; window += Window)
        {
            for (var i = 0; i < Rows; i++)
            {
                var at = window + (Window * (i / (double)Rows));
                var timedOut = random.NextDouble() < (at >= late ? 0.25 : 0.002);
                rows.Add(
                    new
                    {
                        prediction_id = string.Create(CultureInfo.InvariantCulture, $"{window.ToUnixTimeSeconds()}-{i}"),
                        timestamp = at,
                        prediction = at >= fallback || random.NextDouble() < 0.4 ? "1" : "0",
                        status = timedOut ? "timeout" : "ok",
                        latency_ms = Math.Exp(4 + (0.3 * random.NextGaussian()) + (at >= slow ? 2 : 0)),
                        features = new { amount = random.NextGaussian() },
                    }
                );
            }
        }

        await server.SendAsync(HttpMethod.Post, "/v1/models/story/predictions", rows);
    }

    // Every minute of three days: 40 % busy with some noise, then nothing is left.
    private static string Cpu(DateTimeOffset now, DateTimeOffset full)
    {
        var text = new StringBuilder("# TYPE story_idle_ratio gauge\n");
        var random = new RandomSource(7);
        for (var at = now.AddDays(-3); at <= now; at = at.AddMinutes(1))
        {
            var idle = at >= full ? 0.02 : 0.6 + (0.02 * random.NextGaussian());
            text.Append(CultureInfo.InvariantCulture, $"story_idle_ratio {idle:R} {at.ToUnixTimeSeconds()}\n");
        }

        return text.Append("# EOF\n").ToString();
    }
}

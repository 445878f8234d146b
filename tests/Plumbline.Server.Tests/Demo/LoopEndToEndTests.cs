using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Exposition.Deploy;

namespace Plumbline.Server.Tests.Demo;

/// <summary>
/// The loop from end to end with a real model service: traffic, tasks of what is odd or doubtful, answers, a data set, a signed request to
/// the trainer, a version beside the live one, a verdict, and its promotion, after which it is the one that answers customers.
/// </summary>
public sealed class LoopEndToEndTests : IDisposable
{
    private const string Model = "/v1/models/ticket-router";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(12);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-loop-test-{Guid.NewGuid():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_become_a_data_set_that_a_real_trainer_makes_a_better_version_with()
    {
        // The trainer is told this address: it has to be one that is known before the server listens.
        using var demo = RunningDemo.StartAt($"http://127.0.0.1:{FreePort()}", _data, days: 10);
        var (address, _) = await demo.ReadyAsync();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        // Here too because ten days of a demonstration take minutes to make: one serves both.
        await EveryDashboardShowsSomethingAsync(address);
        var run = await UntilAsync(
            "a run has succeeded",
            demo,
            async () =>
                (await GetAsync(http, "retraining/runs")).GetProperty("runs").EnumerateArray().FirstOrDefault()
                    is { ValueKind: JsonValueKind.Object } found
                && Text(found, "state") is "succeeded" or "failed"
                    ? found
                    : null
        );
        Assert.True(Text(run, "state") == "succeeded", run.ToString());
        var version = Text(run, "version")!;

        // Answers came from a robot, which says so, to what a policy had chosen, and are ground truth.
        var annotators = (await GetAsync(http, "review/annotators")).GetProperty("annotators").EnumerateArray().ToList();
        Assert.All(annotators, one => Assert.True(one.GetProperty("robot").GetBoolean(), one.ToString()));
        var turn = await GetAsync(http, $"retraining/runs/{Text(run, "run")}/turn");
        Assert.InRange(turn.GetProperty("tasks").GetInt32(), 1_000, 10_000);
        Assert.Equal(turn.GetProperty("tasks").GetInt32(), turn.GetProperty("by_robots").GetInt32());
        // What was chosen is wrong far more often than all traffic.
        Assert.True(turn.GetProperty("wrong").GetInt32() > 0.35 * turn.GetProperty("tasks").GetInt32(), turn.ToString());
        Assert.Equal("shadow", Text(turn, "stage"));
        var dataset = turn.GetProperty("dataset");
        Assert.InRange(dataset.GetProperty("labelled").GetInt64(), 2_000, 10_000);

        // Better on rows that it was not trained with, above all on those that asked for it. How much of it comes in country=BR depends on
        // which of its few rows are held out: there it is asked not to be worse.
        var proof = await GetAsync(http, $"versions/{version}/proof");
        var heldOut = proof.GetProperty("held_out").EnumerateArray().ToList();
        Assert.True(End("all", "", "lower") > 0, proof.ToString());
        Assert.True(End("asked", "", "lower") > 0, proof.ToString());
        Assert.True(End("segment", "country=BR", "upper") > 0, proof.ToString());

        await IsPromotedAsync(demo, http, Text(run, "run")!, version);

        double End(string kind, string name, string end) =>
            heldOut
                .Single(slice => Text(slice, "kind") == kind && Text(slice, "name") == name)
                .GetProperty("gain")
                .GetProperty(end)
                .GetDouble();
    }

    private static async Task EveryDashboardShowsSomethingAsync(Uri address)
    {
        using var queries = new DashboardQueries(address, ["ticket-router", "refund-risk", "handling-time"]);
        // A demonstration is ready when its windows are computed; the rules find their incidents some seconds later.
        IReadOnlyList<string> wrong = [];
        for (var attempt = 0; attempt < 20; attempt++)
        {
            (var asked, wrong) = await queries.AskServerAsync();
            Assert.InRange(asked, 20, 1_000);
            if (wrong.Count == 0)
                break;
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Ct);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(await queries.AskPrometheusAsync(), 60, 1_000);
    }

    private static async Task IsPromotedAsync(RunningDemo demo, HttpClient http, string run, string version)
    {
        // It answers what customers ask, beside the live one and unheard.
        await UntilAsync(
            "the shadow has answered",
            demo,
            async () =>
                (await GetAsync(http, $"versions/{version}/proof")).GetProperty("live").GetProperty("pairs").GetInt32() >= 5
                    ? (object)true
                    : null
        );
        Assert.Equal(0, await CountAsync(http, version, "primary"));

        var verdict = (await GetAsync(http, $"versions/{version}/verdict")).GetProperty("data");
        using var promoted = await http.PostAsJsonAsync(
            $"{Model}/versions/{version}/promote",
            new { reason = "it is better on the tickets that went wrong", force = !verdict.GetProperty("ok").GetBoolean() },
            Ct
        );
        Assert.True(promoted.IsSuccessStatusCode, await promoted.Content.ReadAsStringAsync(Ct));
        await UntilAsync(
            "the promoted version answers customers",
            demo,
            async () => await CountAsync(http, version, "primary") > 0 ? (object)true : null
        );
        Assert.NotNull(Text(await GetAsync(http, $"retraining/runs/{run}/turn"), "promoted_at"));
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<int> CountAsync(HttpClient http, string version, string role) =>
        (await GetAsync(http, $"predictions?version={version}&role={role}&limit=10")).GetProperty("predictions").GetArrayLength();

    private static async Task<JsonElement> GetAsync(HttpClient http, string path) =>
        await http.GetFromJsonAsync<JsonElement>($"{Model}/{path}", Ct);

    // As long as a demonstration may take beside other tests. What it says itself is the reason where it does not come to it.
    private static async Task<T> UntilAsync<T>(string what, RunningDemo demo, Func<Task<T?>> look)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Longest)
        {
            if (await look() is { } found)
                return found;
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);
        }

        var said = demo.Lines.Where(line => !line.StartsWith("info:", StringComparison.Ordinal) && !line.StartsWith(' ')).TakeLast(60);
        throw new TimeoutException($"It did not come to this: {what}. The demonstration's last words:\n{string.Join('\n', said)}");
    }

    private static async Task<JsonElement> UntilAsync(string what, RunningDemo demo, Func<Task<JsonElement?>> look) =>
        (await UntilAsync<Box>(what, demo, async () => await look() is { } found ? new Box(found) : null)).Value;

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private sealed record Box(JsonElement Value);

    public void Dispose()
    {
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }
}

using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.State;
using Plumbline.Review.Retraining.Triggers;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Review;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>Triggers on the real server: what fires them, and what keeps them from it.</summary>
public sealed class TriggerTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_of_people_fire_once_with_a_data_set_of_them()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await using var sink = await HttpSink.StartAsync();
        var target = await TargetAsync(world, sink);
        await OkAsync(world, HttpMethod.Put, "datasets/reviewed", new { });
        await world.PostAsync(ReviewWorld.Rows(60, 41, ReviewWorld.LastHour));
        await host.WaitUntilComputedAsync(world.Name);
        await OkAsync(world, HttpMethod.Put, "review/policies/all", new { per_day = 1000, uniform_share = 1 });
        const string trigger = "retraining/triggers/enough";
        await OkAsync(
            world,
            HttpMethod.Put,
            trigger,
            new
            {
                dataset = "reviewed",
                target,
                when = new { new_answers = 5 },
            }
        );
        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(sink.Requests);
            var next = await UntilAsync(() => SendAsync(world, HttpMethod.Post, "review/next"), answer => answer.Status == 200);
            var task = next.Body.GetProperty("task").GetInt64();
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"{i} of 5 new answers"),
                Text(await world.GetAsync(trigger), "status"),
                StringComparison.Ordinal
            );
            await OkAsync(world, HttpMethod.Post, $"review/tasks/{task}/answer", new { value = "1" });
        }

        var run = await UntilAsync(
            async () => (await world.GetAsync("retraining/runs")).GetProperty("runs").EnumerateArray().FirstOrDefault(),
            run => run.ValueKind == JsonValueKind.Object && Text(run, "state") is "queued" or "failed"
        );
        Assert.Equal(("queued", "enough", "5 of 5 new answers"), (Text(run, "state"), Text(run, "trigger"), Text(run, "reason")));
        var dataset = Assert.Single(sink.Requests).Json.GetProperty("data").GetProperty("dataset");
        Assert.Equal(("reviewed", 1), (Text(dataset, "name"), dataset.GetProperty("version").GetInt32()));
        Assert.True(dataset.GetProperty("labelled").GetInt64() >= 1, dataset.ToString());
        var file = dataset.GetProperty("files").EnumerateObject().First().Value.GetString()!;
        using (var download = await host.Client.GetAsync(new Uri(new Uri(file).PathAndQuery, UriKind.Relative), Ct))
        {
            Assert.True(download.IsSuccessStatusCode, file);
            Assert.Equal("PAR1"u8.ToArray(), (await download.Content.ReadAsByteArrayAsync(Ct))[..4]);
        }

        // The run's version carries the data set.
        var callback = Text(sink.Requests[0].Json.GetProperty("data"), "callback_url");
        var (reported, body) = await CallBackAsync(callback, new { state = "succeeded", version = "v2" });
        Assert.True(reported, body);
        var versions = (await world.GetAsync("versions")).GetProperty("versions").EnumerateArray();
        var declared = versions.Single(version => Text(version, "version") == "v2").GetProperty("declaration");
        Assert.Equal(("shadow", "reviewed"), (Text(declared, "stage"), Text(declared.GetProperty("dataset"), "name")));
        Assert.Contains("cools down", Text(await world.GetAsync(trigger), "status"), StringComparison.Ordinal);
        Assert.Equal(1, (await world.GetAsync("retraining/runs")).GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task Performance_fires_after_so_many_windows_and_an_incident_of_data_quality_is_in_the_way()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await using var sink = await HttpSink.StartAsync();
        var target = await TargetAsync(world, sink);
        var rows = Enumerable
            .Range(0, 2)
            .SelectMany(hour => ReviewWorld.Rows(300, (ulong)(50 + hour), ReviewWorld.LastHour.AddHours(-hour)))
            .ToList();
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        // Two windows are there: one that asks for three waits.
        await OkAsync(world, HttpMethod.Put, "retraining/triggers/three", ByAccuracy(target, approval: false, 3));
        Assert.Contains("in 2 of 3 windows", Text(await world.GetAsync("retraining/triggers/three"), "status"), StringComparison.Ordinal);

        await host.WaitUntilEvaluatedAsync(world.Name);
        var incident = await OpenAsync(world, "order_amount is missing");
        await OkAsync(world, HttpMethod.Put, "retraining/triggers/two", ByAccuracy(target, approval: true, 2));
        var blocked = await world.GetAsync("retraining/triggers/two");
        Assert.Equal(incident, blocked.GetProperty("blocked_by").GetInt64());
        Assert.EndsWith(
            string.Create(CultureInfo.InvariantCulture, $"but blocked by incident {incident}: order_amount is missing"),
            Text(blocked, "status"),
            StringComparison.Ordinal
        );
        Assert.Empty((await world.GetAsync("retraining/runs")).GetProperty("runs").EnumerateArray());
        await ResolveAsync(incident);
        await OkAsync(world, HttpMethod.Put, "retraining/triggers/two", ByAccuracy(target, approval: true, 2));
        var run = await UntilAsync(
            async () => (await world.GetAsync("retraining/runs")).GetProperty("runs").EnumerateArray().FirstOrDefault(),
            found => found.ValueKind == JsonValueKind.Object
        );
        Assert.Equal(
            ("two", "requested", true),
            (Text(run, "trigger"), Text(run, "state"), run.GetProperty("needs_approval").GetBoolean())
        );
        Assert.Equal(2, run.GetProperty("evidence").GetProperty("values").GetArrayLength());
        Assert.Empty(sink.Requests);
        await OkAsync(world, HttpMethod.Post, $"retraining/runs/{Text(run, "run")}/approve", null);
        await UntilAsync(() => world.GetAsync($"retraining/runs/{Text(run, "run")}"), now => Text(now, "state") == "queued");
        Assert.Single(sink.Requests);
        Assert.Single((await world.GetAsync("retraining/runs")).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task What_is_wrong_with_a_trigger_is_said_by_field()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var target = await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url });
        foreach (var (field, body) in Wrong(target))
        {
            var (status, answer) = await world.SendAsync(HttpMethod.Put, $"/v1/models/{world.Model}/retraining/triggers/t", body);
            Assert.Equal((400, "trigger_invalid"), (status, Text(answer, "code")));
            Assert.Contains(field, answer.GetProperty("errors").EnumerateArray().Select(error => Text(error, "field")));
        }
    }

    private static object ByAccuracy(string target, bool approval, int windows) =>
        new
        {
            target,
            when = new
            {
                performance = new
                {
                    metric = "performance.accuracy",
                    below = 0.999,
                    windows,
                    window = "1h",
                },
            },
            approval,
        };

    private static (string Field, object Body)[] Wrong(string target) =>
        [
            ("when", new { target }),
            ("target", new { target = "nobody", when = new { new_answers = 1 } }),
            (
                "dataset",
                new
                {
                    target,
                    dataset = "none",
                    when = new { new_answers = 1 },
                }
            ),
            ("when.new_answers", new { target, when = new { new_answers = 0 } }),
            ("when.schedule", new { target, when = new { schedule = "sometimes" } }),
            ("when.performance.metric", new { target, when = new { performance = new { metric = "input.rows", below = 1 } } }),
            ("when.performance.below", new { target, when = new { performance = new { metric = "performance.accuracy" } } }),
            (
                "when.performance.window",
                new
                {
                    target,
                    when = new
                    {
                        performance = new
                        {
                            metric = "performance.accuracy",
                            below = 1,
                            window = "3h",
                        },
                    },
                }
            ),
            (
                "cool_down",
                new
                {
                    target,
                    when = new { new_answers = 1 },
                    cool_down = "1s",
                }
            ),
            (
                "max_per_day",
                new
                {
                    target,
                    when = new { new_answers = 1 },
                    max_per_day = 0,
                }
            ),
        ];

    [Theory]
    [InlineData("daily", "2026-03-02T09:30:00Z")]
    [InlineData("weekly", "2026-03-08T09:30:00Z")]
    [InlineData("36h", "2026-03-02T21:30:00Z")]
    [InlineData("0 4 * * 1", "2026-03-02T04:00:00Z")]
    public void A_schedule_is_due_at(string schedule, string at)
    {
        var last = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);
        Assert.Null(TriggerSchedules.Check(schedule));
        Assert.Equal(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), TriggerSchedules.NextAfter(schedule, last));
    }

    // As the rules write one about values that go missing.
    private async Task<long> OpenAsync(ReviewWorld world, string headline)
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct);
        var cause = new CauseFacts("missing_values", "order_amount", 0.9, null);
        var facts = IncidentFacts.Empty with { Models = [world.Name], Causes = [cause] };
        var incident = new IncidentRow
        {
            ModelId = world.Model.Id,
            State = (int)IncidentState.Open,
            Severity = (int)AlertSeverity.Critical,
            Headline = headline,
            Facts = facts.Write(),
        };
        db.Incidents.Add(incident);
        await db.SaveChangesAsync(Ct);
        return incident.Id;
    }

    private async Task ResolveAsync(long incident)
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct);
        await db
            .Incidents.Where(row => row.Id == incident)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)IncidentState.Resolved), Ct);
    }

    private async Task<(bool Taken, string Body)> CallBackAsync(string callback, object body)
    {
        using var answer = await host.Client.PostAsync(new Uri(new Uri(callback).PathAndQuery, UriKind.Relative), Json(body), Ct);
        return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task<string> TargetAsync(ReviewWorld world, HttpSink sink)
    {
        var name = $"{world.Name}-hook";
        using var put = await host.Client.PutAsync(
            new Uri($"/v1/retraining/targets/{name}", UriKind.Relative),
            Json(new { kind = "webhook", url = sink.Url }),
            Ct
        );
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Ct));
        return name;
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    private static async Task OkAsync(ReviewWorld world, HttpMethod method, string path, object? body)
    {
        var (status, answer) = await world.SendAsync(method, path, body);
        Assert.True(status < 300, $"{path}: {status} {answer}");
    }

    private static Task<(int Status, JsonElement Body)> SendAsync(ReviewWorld world, HttpMethod method, string path) =>
        world.SendAsync(method, path);

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds)
    {
        for (var i = 0; ; i++)
        {
            var now = await read();
            if (holds(now))
                return now;
            Assert.True(i < 600, $"Not after 30 s: {now}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }

    private static string Text(JsonElement at, string name) => at.GetProperty(name).GetString() ?? "";
}

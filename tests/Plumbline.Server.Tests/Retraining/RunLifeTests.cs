using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>Attempts, refusals, secrets, cancellation, lists.</summary>
public sealed class RunLifeTests(TestHost host)
{
    private const string Nowhere = "http://127.0.0.1:9";

    // The field that is wrong, and the declaration.
    private static readonly (string Field, object Body)[] Wrong =
    [
        ("kind", new { kind = "carrier-pigeon" }),
        ("url", new { kind = "webhook" }),
        ("url", new { kind = "webhook", url = "http://169.254.169.254/latest" }),
        (
            "secret",
            new
            {
                kind = "webhook",
                url = Nowhere,
                secret = "short",
            }
        ),
        (
            "repository",
            new
            {
                kind = "github",
                repository = "acme",
                token = "t",
            }
        ),
        (
            "password",
            new
            {
                kind = "airflow3",
                url = Nowhere,
                dag = "train",
            }
        ),
        (
            "body",
            new
            {
                kind = "http",
                url = Nowhere,
                body = "{\"a\":{{nothing_like_it}}}",
            }
        ),
        (
            "body",
            new
            {
                kind = "http",
                url = Nowhere,
                body = "{",
            }
        ),
        ("url", new { kind = "http", url = "http://{{model}}.example/" }),
        (
            "poll_url",
            new
            {
                kind = "http",
                url = Nowhere,
                poll_url = "http://elsewhere.example/{{remote_id}}",
                state_path = "a",
            }
        ),
        (
            "state_path",
            new
            {
                kind = "http",
                url = Nowhere,
                poll_url = Nowhere + "/{{remote_id}}",
            }
        ),
        (
            "colour",
            new
            {
                kind = "mlflow",
                url = Nowhere,
                colour = "red",
            }
        ),
    ];

    [Fact]
    public async Task An_attempt_that_fails_is_repeated_with_the_same_key_and_bytes()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var answers = new Queue<int>([503, 429, 409]);
        world.Sink.Answer = (_, response) =>
        {
            response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        };
        var run = await world.RunAsync(await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url }));
        var waiting = await world.UntilAsync(run, now => now.GetProperty("attempts").GetInt32() == 1 && Text(now, "message").Length > 0);
        Assert.Equal("it answered 503 Service Unavailable", Text(waiting, "message"));
        Assert.NotEqual(JsonValueKind.Null, waiting.GetProperty("next_attempt_at").ValueKind);
        var taken = await world.UntilAsync(run, "queued");
        // It had it: only the answer of an attempt before was lost.
        Assert.Equal((3, "it had this run already"), (taken.GetProperty("attempts").GetInt32(), Text(taken, "message")));
        Assert.Equal(3, world.Sink.Requests.Count);
        Assert.Single(world.Sink.Requests.Select(request => request["Plumbline-Idempotency-Key"]).Distinct());
        Assert.Single(world.Sink.Requests.Select(request => request.Text).Distinct());
    }

    [Theory]
    [InlineData(StatusCodes.Status400BadRequest)]
    [InlineData(StatusCodes.Status401Unauthorized)]
    [InlineData(StatusCodes.Status404NotFound)]
    [InlineData(StatusCodes.Status409Conflict)]
    [InlineData(StatusCodes.Status422UnprocessableEntity)]
    public async Task A_refusal_is_not_repeated(int status)
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        world.Sink.Answer = (_, response) =>
        {
            response.StatusCode = status;
            return Task.CompletedTask;
        };
        var run = await world.RunAsync(await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url }));
        var failed = await world.UntilAsync(run, "failed");
        Assert.StartsWith($"the target refused it: it answered {status}", Text(failed, "message"), StringComparison.Ordinal);
        Assert.Equal(1, failed.GetProperty("attempts").GetInt32());
        Assert.Single(world.Sink.Requests);
    }

    [Fact]
    public async Task Secrets_are_never_shown_and_kept_for_the_same_machine_only()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        const string secret = "secret-authorization-1";
        var target = await world.TargetAsync(
            new
            {
                kind = "http",
                url = world.Url + "/a",
                authorization = secret,
            }
        );
        var path = $"/v1/retraining/targets/{target}";
        var (_, shown) = await world.SendAsync(HttpMethod.Get, path);
        Assert.True(shown.GetProperty("authorization").GetProperty("set").GetBoolean());
        Assert.DoesNotContain(secret, shown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            secret,
            (await world.SendAsync(HttpMethod.Get, "/v1/retraining/targets")).Body.ToString(),
            StringComparison.Ordinal
        );

        await world.SendAsync(HttpMethod.Put, path, new { kind = "http", url = world.Url + "/b" });
        await world.UntilAsync(await world.RunAsync(target), "queued");
        Assert.Equal(("/b", secret), (world.Sink.Requests[^1].Path, world.Sink.Requests[^1]["Authorization"]));

        // Another machine, or a name for it: whoever may declare targets does not get the secret by that.
        var (_, moved) = await world.SendAsync(
            HttpMethod.Put,
            path,
            new { kind = "http", url = world.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/b" }
        );
        Assert.False(moved.GetProperty("authorization").GetProperty("set").GetBoolean());
    }

    [Fact]
    public async Task What_is_wrong_with_a_target_is_said_by_field()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        foreach (var (field, body) in Wrong)
        {
            var (status, answer) = await world.SendAsync(HttpMethod.Put, $"/v1/retraining/targets/{world.Model}-wrong", body);
            Assert.Equal((400, "target_invalid"), (status, Text(answer, "code")));
            Assert.Contains(field, answer.GetProperty("errors").EnumerateArray().Select(error => Text(error, "field")));
        }
    }

    [Fact]
    public async Task A_test_says_whether_a_target_is_there_and_tells_it_nothing()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var target = await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url });
        var (_, reached) = await world.SendAsync(HttpMethod.Post, $"/v1/retraining/targets/{target}/test");
        Assert.True(reached.GetProperty("reachable").GetBoolean(), reached.ToString());
        Assert.Empty(world.Sink.Requests);
        await world.Sink.DisposeAsync();
        var (_, gone) = await world.SendAsync(HttpMethod.Post, $"/v1/retraining/targets/{target}/test");
        Assert.False(gone.GetProperty("reachable").GetBoolean());
    }

    [Fact]
    public async Task A_cancelled_run_does_not_move_and_lists_are_in_pages()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var target = await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url });
        var runs = new List<string>();
        for (var i = 0; i < 3; i++)
            runs.Add(await world.RunAsync(target));
        foreach (var run in runs)
            await world.UntilAsync(run, "queued");
        var path = $"/v1/models/{world.Model}/retraining/runs";
        var (status, cancelled) = await world.SendAsync(HttpMethod.Post, $"{path}/{runs[1]}/cancel");
        Assert.Equal((200, "cancelled"), (status, Text(cancelled, "state")));
        Assert.Equal(409, (await world.SendAsync(HttpMethod.Post, $"{path}/{runs[1]}/cancel")).Status);
        Assert.Equal(409, (await world.SendAsync(HttpMethod.Post, $"{path}/{runs[0]}/approve")).Status);
        var callback = Text(
            world.Sink.Requests.Single(request => request["Plumbline-Idempotency-Key"] == runs[1]).Json.GetProperty("data"),
            "callback_url"
        );
        await world.CallBackAsync(callback, new { state = "succeeded", version = "v7" });
        Assert.Equal("cancelled", Text(await world.GetAsync(runs[1]), "state"));

        var (_, first) = await world.SendAsync(HttpMethod.Get, $"{path}?limit=2");
        var (_, second) = await world.SendAsync(HttpMethod.Get, $"{path}?limit=2&cursor={Text(first, "next")}");
        Assert.Equal(
            Enumerable.Reverse(runs),
            first.GetProperty("runs").EnumerateArray().Concat(second.GetProperty("runs").EnumerateArray()).Select(run => Text(run, "run"))
        );
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        var (_, queued) = await world.SendAsync(HttpMethod.Get, $"{path}?state=queued");
        Assert.Equal(2, queued.GetProperty("runs").GetArrayLength());
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Get, $"{path}?state=asleep")).Status);
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Post, path, new { target = "nobody" })).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, $"{path}/rt-0")).Status);
    }

    private static string Text(JsonElement at, string name) => at.GetProperty(name).GetString() ?? "";
}

using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>
/// The server dies between telling a target of a run and noting that it has it: the same is told again, and no other run begins.
/// </summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-killed-run-{Guid.NewGuid():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_run_whose_sender_was_killed_is_told_again_with_the_same_key_and_bytes()
    {
        await using var sink = await HttpSink.StartAsync();
        var arrived = new TaskCompletionSource();
        sink.Answer = async (_, response) =>
        {
            arrived.TrySetResult();
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, response.HttpContext.RequestAborted);
        };
        using var server = new RestartedServer(_folder);
        await server.StartAsync();
        await SendAsync(server, HttpMethod.Put, "/v1/models/churn", new { task = "binary", positive_class = "1" });
        await SendAsync(
            server,
            HttpMethod.Put,
            "/v1/retraining/targets/hook",
            new
            {
                kind = "webhook",
                url = sink.Url,
                secret = "a-secret-of-sixteen",
            }
        );
        var asked = await SendAsync(server, HttpMethod.Post, "/v1/models/churn/retraining/runs", new { target = "hook" });
        var path = $"/v1/models/churn/retraining/runs/{asked.GetProperty("run").GetString()}";
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await server.KillAsync();

        // It has the run; that it does was never heard.
        sink.Answer = (_, response) =>
        {
            response.StatusCode = 409;
            return Task.CompletedTask;
        };
        await server.StartAsync();
        var run = await UntilTakenAsync(server, path);
        Assert.Equal(2, run.GetProperty("attempts").GetInt32());
        Assert.Equal(2, sink.Requests.Count);
        Assert.Equal(sink.Requests[0]["Plumbline-Idempotency-Key"], sink.Requests[1]["Plumbline-Idempotency-Key"]);
        Assert.Equal(sink.Requests[0].Text, sink.Requests[1].Text);
        Assert.StartsWith("sha256=", sink.Requests[1]["Plumbline-Signature"], StringComparison.Ordinal);

        // And the callback that the first of them was told is taken by the process that told the second.
        var callback = sink.Requests[0].Json.GetProperty("data").GetProperty("callback_url").GetString()!;
        await server.KillAsync();
        await server.StartAsync();
        var report = await SendAsync(server, HttpMethod.Post, new Uri(callback).PathAndQuery, new { state = "succeeded", version = "v2" });
        Assert.True(report.GetProperty("changed").GetBoolean());
        var list = await server.Client.GetFromJsonAsync<JsonElement>("/v1/models/churn/retraining/runs", Ct);
        Assert.Equal("succeeded", Assert.Single(list.GetProperty("runs").EnumerateArray()).GetProperty("state").GetString());
    }

    private static async Task<JsonElement> UntilTakenAsync(RestartedServer server, string path)
    {
        for (var i = 0; ; i++)
        {
            var run = await server.Client.GetFromJsonAsync<JsonElement>(path, Ct);
            if (run.GetProperty("state").GetString() == "queued")
                return run;
            Assert.True(i < 600, run.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }

    private static async Task<JsonElement> SendAsync(RestartedServer server, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var response = await server.Client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}

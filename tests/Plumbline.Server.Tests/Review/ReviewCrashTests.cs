using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Review;

/// <summary>
/// Two annotators answer over the API while the server's process is killed under them and started again on its folder: what was
/// acknowledged is there once, what was not is sent again and is there once too, and each is the ground truth of its prediction.
/// </summary>
public sealed class ReviewCrashTests : IDisposable
{
    private const string Model = "killed";
    private const int Predictions = 120;
    private const int Kills = 3;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-review-{Guid.NewGuid():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Killed_between_answers_nothing_is_lost_and_nothing_is_doubled()
    {
        using var server = new RestartedServer(_folder);
        await server.StartAsync();
        var admin = await KeyAsync(server, null, "owner", "admin");
        var keys = new[] { await KeyAsync(server, admin, "ann", "annotate"), await KeyAsync(server, admin, "ben", "annotate") };
        var tasks = await WithTasksAsync(server, admin);
        var taken = new ConcurrentDictionary<long, (string Key, string Value)>();
        var work = keys.Select((key, i) => WorkAsync(server, key, i == 0 ? "0" : "1", taken)).ToList();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await UntilAsync(() => Task.FromResult(taken.Count >= tasks * kill / (Kills + 1)), $"{taken.Count} of {tasks} answered");
            await server.KillAsync();
            await server.StartAsync();
        }

        await Task.WhenAll(work);
        // None is left; that none was given to both is asked as they are answered.
        Assert.Equal(tasks, taken.Count);
        var done = (await GetAsync(server, admin, "review/tasks?state=done&limit=500")).GetProperty("tasks").EnumerateArray().ToList();
        Assert.Equal(
            taken.Select(pair => (pair.Key, pair.Value.Value)).Order(),
            done.Select(task => (task.GetProperty("task").GetInt64(), task.GetProperty("resolved").GetString()!)).Order()
        );
        var annotators = (await GetAsync(server, admin, "review/annotators")).GetProperty("annotators").EnumerateArray();
        Assert.Equal(tasks, annotators.Sum(one => one.GetProperty("answers").GetInt32()));
        foreach (var task in done)
        {
            var id = task.GetProperty("prediction_id").GetString()!;
            JsonElement decision = default;
            await UntilAsync(
                async () =>
                    (decision = await GetAsync(server, admin, $"predictions/{id}")).GetProperty("ground_truth").ValueKind
                    == JsonValueKind.Object,
                $"ground truth of {id}"
            );
            Assert.Equal(task.GetProperty("resolved").GetString(), decision.GetProperty("ground_truth").GetProperty("value").GetString());
            Assert.Equal(1, decision.GetProperty("ground_truth_history").GetArrayLength());
        }
    }

    // Until there is nothing left. What was not acknowledged is sent again as it was.
    private static async Task WorkAsync(
        RestartedServer server,
        string key,
        string value,
        ConcurrentDictionary<long, (string, string)> taken
    )
    {
        while (true)
        {
            var (status, body) = await InsistAsync(server, key, "review/next", null);
            if (status == HttpStatusCode.NoContent)
                return;

            var task = body.GetProperty("task").GetInt64();
            (status, body) = await InsistAsync(server, key, $"review/tasks/{task}/answer", new { value });
            Assert.True(status == HttpStatusCode.OK, body.ToString());
            Assert.Contains(body.GetProperty("outcome").GetString(), new[] { "taken", "repeated" });
            Assert.True(taken.TryAdd(task, (key, value)), $"Task {task} was given to both.");
        }
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> InsistAsync(
        RestartedServer server,
        string key,
        string path,
        object? body
    )
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var (status, answer) = await SendAsync(server, key, HttpMethod.Post, path, body);
                if ((int)status < 500)
                    return (status, answer);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException && i < 1_000)
            {
                // The process is gone.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }

    private static async Task<int> WithTasksAsync(RestartedServer server, string admin)
    {
        var hour = DateTimeOffset.FromUnixTimeSeconds(
            (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(75)).ToUnixTimeSeconds() / 3600 * 3600
        );
        await OkAsync(
            HttpMethod.Put,
            "",
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
            }
        );
        await OkAsync(
            HttpMethod.Post,
            "predictions",
            Enumerable
                .Range(0, Predictions)
                .Select(i => new
                {
                    prediction_id = string.Create(CultureInfo.InvariantCulture, $"k{i}"),
                    timestamp = hour.AddSeconds(i * 20),
                    version = "v1",
                    features = new { amount = i },
                    prediction = "1",
                    score = 0.5 + i / 300.0,
                })
        );
        await UntilAsync(
            async () =>
                await GetAsync(server, admin, "progress") is var progress
                && progress.GetProperty("spool").GetInt64() + progress.GetProperty("pending_windows").GetInt64() == 0,
            "all is computed"
        );
        await OkAsync(HttpMethod.Put, "review/policies/all", new { per_day = 1_000, uniform_share = 1 });
        var open = 0;
        await UntilAsync(
            async () =>
                (await GetAsync(server, admin, "review/tasks")).GetProperty("counts").TryGetProperty("open", out var count)
                && (open = count.GetInt32()) > 0,
            "there are tasks"
        );
        return open;

        async Task OkAsync(HttpMethod method, string path, object body)
        {
            var (status, answer) = await SendAsync(server, admin, method, path, body);
            Assert.True((int)status < 300, $"{path}: {status} {answer}");
        }
    }

    private static async Task<string> KeyAsync(RestartedServer server, string? admin, string name, string role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/keys") { Content = JsonContent.Create(new { name, role }) };
        if (admin is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        using var response = await server.Client.SendAsync(request, Ct);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("key").GetString()!;
    }

    private static async Task<JsonElement> GetAsync(RestartedServer server, string key, string path)
    {
        var (status, body) = await SendAsync(server, key, HttpMethod.Get, path, null);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {body}");
        return body;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        RestartedServer server,
        string key,
        HttpMethod method,
        string path,
        object? body
    )
    {
        using var request = new HttpRequestMessage(method, $"/v1/models/{Model}/{path}".TrimEnd('/'));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await server.Client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 1_200, $"After a minute not yet: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        }
    }
}

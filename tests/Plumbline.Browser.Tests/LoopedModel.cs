using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A model that has been once round the loop: an hour of traffic, tasks that were answered, a data set, a run that made v2,
/// answers of v2 to the held-out rows and beside v1. v2 is better in France, worse in Germany and alike in Brazil.
/// </summary>
internal sealed class LoopedModel(HttpClient api, HttpSink trainer, string name) : IAsyncDisposable
{
    private const int Requests = 600;
    private const int Tasks = 150;
    private const string Dataset = "weekly";
    private const string Target = "training";

    private static readonly string[] Classes = ["billing", "technical", "sales"];

    private readonly string _target = $"{name}-{Target}";

    private sealed record Row(int Number, string Id, DateTimeOffset At, string Country, string Answer, string Truth, string AnswerOfV2);

    public string Name => name;

    /// <summary>Where it is trained.</summary>
    public string TargetName => _target;

    /// <summary>The run that made v2.</summary>
    public string Run { get; private set; } = "";

    /// <summary>A run that the target refused.</summary>
    public string RefusedRun { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Declares it, with an hour of traffic; and starts a trainer that it does not know yet.</summary>
    public static async Task<LoopedModel> CreateAsync(Uri server, string name)
    {
        var model = new LoopedModel(new HttpClient(new SocketsHttpHandler()) { BaseAddress = server }, await HttpSink.StartAsync(), name);
        await model.SendAsync(
            HttpMethod.Put,
            "",
            new
            {
                task = "multiclass",
                classes = Classes,
                features = new { length = new { type = "numeric" }, country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        await model.SendLinesAsync(
            HttpMethod.Put,
            "/reference?prediction=answer&ground_truth=truth&timestamp=at",
            Rows.Select(row => new
            {
                length = Length(row),
                country = row.Number % 4 == 0 ? "BR" : row.Country,
                answer = row.Answer,
                truth = row.Truth,
                at = row.At.AddDays(-9),
            })
        );
        await model.SendLinesAsync(HttpMethod.Post, "/predictions", Rows.Select(row => Prediction(row, "v1", row.Answer, "primary")));
        await model.ComputedAsync();
        return model;
    }

    /// <summary>Once round the loop, up to a version that waits for a decision.</summary>
    public async Task GoRoundAsync()
    {
        var rows = Rows;
        var answered = await AnswerTasksAsync(rows.ToDictionary(row => row.Id));
        await SendLinesAsync(
            HttpMethod.Post,
            "/predictions",
            rows.Take(Requests / 2).Select(row => Prediction(row, "v2", row.AnswerOfV2, "shadow"))
        );
        await SendLinesAsync(
            HttpMethod.Post,
            "/ground-truth",
            rows.Where(row => !answered.Contains(row.Id)).Select(row => new { prediction_id = row.Id, value = row.Truth })
        );
        await ComputedAsync();
        await SendAsync(
            HttpMethod.Put,
            $"/datasets/{Dataset}",
            new
            {
                parts = new[] { new { kind = "reviewed" }, new { kind = "labelled" } },
                split = new
                {
                    by = "time",
                    train = 0.5,
                    validation = 0,
                    test = 0.5,
                },
            }
        );
        await TrainAsync();
        var number = (await GetAsync($"retraining/runs/{Run}")).GetProperty("dataset").GetProperty("version").GetInt32();
        var heldOut = (
            await api.GetStringAsync(
                new Uri($"/v1/models/{name}/datasets/{Dataset}/versions/{number}/files/test.jsonl", UriKind.Relative),
                Ct
            )
        )
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("prediction_id").GetString())
            .ToHashSet();
        await SendLinesAsync(
            HttpMethod.Put,
            $"/datasets/{Dataset}/versions/{number}/evaluations/v2",
            rows.Where(row => heldOut.Contains(row.Id)).Select(row => new { prediction_id = row.Id, prediction = row.AnswerOfV2 })
        );
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await trainer.DisposeAsync();
    }

    private static List<Row> Rows => [.. Enumerable.Range(0, Requests).Select(RowOf)];

    private static int Length(Row row) => 100 + (row.Number * 37 % 89);

    private static Row RowOf(int i)
    {
        var (truth, country) = (
            Classes[i * 7 % 3],
            (i % 10) switch
            {
                < 5 => "FR",
                < 8 => "DE",
                _ => "BR",
            }
        );
        var other = Classes[((i * 7) + 1) % 3];
        var isRight = i * 31 % 100 < 70;
        var isRightOfV2 = country switch
        {
            "FR" => i * 31 % 100 < 92,
            "DE" => i * 31 % 100 < 45,
            _ => isRight,
        };
        return new Row(
            i,
            string.Create(CultureInfo.InvariantCulture, $"{i:0000}"),
            Hour.AddSeconds(i * (3500.0 / Requests)),
            country,
            isRight ? truth : other,
            truth,
            isRightOfV2 ? truth : other
        );
    }

    // The newest whole hour that is over.
    private static readonly DateTimeOffset Hour = DateTimeOffset.FromUnixTimeSeconds(
        (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(75)).ToUnixTimeSeconds() / 3600 * 3600
    );

    private static object Prediction(Row row, string version, string answer, string role) =>
        new
        {
            prediction_id = role == "shadow" ? $"{row.Id}~{version}" : row.Id,
            timestamp = row.At,
            version,
            role,
            trace_id = $"trace-{row.Id}",
            features = new { length = Length(row), country = row.Country },
            prediction = answer,
            scores = Classes.ToDictionary(one => one, one => one == answer ? 0.4 + (row.Number * 13 % 50 / 100.0) : 0.05),
        };

    private async Task<HashSet<string>> AnswerTasksAsync(Dictionary<string, Row> rows)
    {
        await SendAsync(HttpMethod.Put, "/review/policies/daily", new { per_day = Tasks, uniform_share = 0.3 });
        var answered = new HashSet<string>();
        for (var i = 0; answered.Count == 0; i++)
        {
            foreach (var task in (await GetAsync("review/tasks?state=open&limit=500")).GetProperty("tasks").EnumerateArray())
            {
                var id = task.GetProperty("prediction_id").GetString()!;
                await SendAsync(HttpMethod.Post, $"/review/tasks/{task.GetProperty("task")}/answer", new { value = rows[id].Truth });
                answered.Add(id);
            }

            Assert.True(i < 300, "There are no tasks after 30 s.");
            await PauseAsync();
        }

        return answered;
    }

    // One run that the trainer takes, and reports to have ended well; one that it refuses.
    private async Task TrainAsync()
    {
        await SendAsync(
            HttpMethod.Put,
            new Uri($"/v1/retraining/targets/{_target}", UriKind.Relative),
            new { kind = "webhook", url = trainer.Url }
        );
        Run = await AskAsync("billing was confused with sales for two days");
        await UntilAsync(Run, "queued");
        var callback = trainer.Requests.Single().Json.GetProperty("data").GetProperty("callback_url").GetString()!;
        await SendAsync(
            HttpMethod.Post,
            new Uri(new Uri(callback).PathAndQuery, UriKind.Relative),
            new
            {
                state = "succeeded",
                version = "v2",
                metrics = new { accuracy = 0.81, loss = 0.44 },
            }
        );
        trainer.Answer = (_, response) =>
        {
            response.StatusCode = 404;
            return Task.CompletedTask;
        };
        RefusedRun = await AskAsync("asked for by the nightly check");
        await UntilAsync(RefusedRun, "failed");
        trainer.Answer = (_, _) => Task.CompletedTask;
    }

    private async Task<string> AskAsync(string reason) => (
            await SendAsync(
                HttpMethod.Post,
                "/retraining/runs",
                new
                {
                    target = _target,
                    reason,
                    dataset = Dataset,
                }
            )
        ).GetProperty("run").GetString()!;

    private async Task UntilAsync(string run, string state)
    {
        for (var i = 0; (await GetAsync($"retraining/runs/{run}")).GetProperty("state").GetString() != state; i++)
        {
            Assert.True(i < 300, $"{run} is not {state} after 30 s.");
            await PauseAsync();
        }
    }

    private async Task ComputedAsync()
    {
        while (
            await GetAsync("progress") is var progress
            && (progress.GetProperty("spool").GetInt64() > 0 || progress.GetProperty("pending_windows").GetInt64() > 0)
        )
        {
            await PauseAsync();
        }
    }

    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);

    private Task<JsonElement> GetAsync(string path) => api.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/{path}", Ct);

    private Task<JsonElement> SendAsync(HttpMethod method, string path, object body) =>
        SendAsync(method, new Uri($"/v1/models/{name}{path}", UriKind.Relative), body);

    private Task<JsonElement> SendAsync(HttpMethod method, Uri address, object body) =>
        SendAsync(method, address, JsonContent.Create(body));

    private Task<JsonElement> SendLinesAsync(HttpMethod method, string path, IEnumerable<object> rows) =>
        SendAsync(
            method,
            new Uri($"/v1/models/{name}{path}", UriKind.Relative),
            new StringContent(string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row))), Encoding.UTF8, "application/x-ndjson")
        );

    private async Task<JsonElement> SendAsync(HttpMethod method, Uri address, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        using var response = await api.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, $"{method} {address}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}

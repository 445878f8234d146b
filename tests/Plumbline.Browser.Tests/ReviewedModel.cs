using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A classifier of letters with a labelled reference and an hour of traffic, for people to look at: each letter has a number of its own in
/// its text, by which a test tells the tasks on a page apart, and so many other features that a phone does not hold them.
/// </summary>
internal sealed class ReviewedModel(HttpClient api, string name)
{
    public const int Letters = 160;
    private const int Measures = 24;
    private const string Ndjson = "application/x-ndjson";

    public static readonly string[] Classes = ["billing", "technical", "<b>sales</b>", "an answer whose name is rather long"];

    public string Name => name;

    /// <summary>Declares it, sends the letters and comes back when all of them are computed.</summary>
    public static async Task<ReviewedModel> CreateAsync(HttpClient api, string name)
    {
        var model = new ReviewedModel(api, name);
        var features = Enumerable.Range(0, Measures).ToDictionary(Measure, _ => (object)new { type = "numeric", unit = "ms" });
        features["letter"] = new { type = "text" };
        features["country"] = new { type = "categorical" };
        var declared = new
        {
            task = "multiclass",
            classes = Classes,
            features,
            segments = new[] { "country" },
        };
        await model.SendAsync(HttpMethod.Put, "", JsonSerializer.Serialize(declared));
        await model.SendAsync(
            HttpMethod.Put,
            "/reference?prediction=answer&ground_truth=truth&timestamp=at",
            Lines(Enumerable.Range(0, 600).Select(i => Row(i, seed: 1))),
            Ndjson
        );
        await model.SendAsync(HttpMethod.Post, "/predictions", Lines(Enumerable.Range(0, Letters).Select(Prediction)), Ndjson);
        while (
            await model.GetAsync("progress") is var progress
            && (progress.GetProperty("spool").GetInt64() > 0 || progress.GetProperty("pending_windows").GetInt64() > 0)
        )
        {
            await PauseAsync();
        }

        return model;
    }

    /// <summary>Declares a policy and waits for its tasks. Gives how many there are.</summary>
    public async Task<int> WithPolicyAsync(string policy, object fields)
    {
        await SendAsync(HttpMethod.Put, $"/review/policies/{policy}", JsonSerializer.Serialize(fields));
        return await TasksAsync();
    }

    /// <summary>Waits until there are open tasks. Gives how many.</summary>
    public async Task<int> TasksAsync()
    {
        for (var i = 0; ; i++)
        {
            if (await CountAsync("open") is > 0 and var open)
                return open;
            Assert.True(i < 600, "There are no tasks after a minute.");
            await PauseAsync();
        }
    }

    /// <summary>How many tasks are in a state.</summary>
    public async Task<int> CountAsync(string state) =>
        (await GetAsync("review/tasks")).GetProperty("counts").TryGetProperty(state, out var count) ? count.GetInt32() : 0;

    /// <summary>The tasks in a state.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string state) =>
        [.. (await GetAsync($"review/tasks?state={state}&limit=500")).GetProperty("tasks").EnumerateArray()];

    /// <summary>Waits until a prediction has a ground truth, whatever it is. Gives it.</summary>
    public async Task<JsonElement> TruthAsync(string prediction)
    {
        for (var i = 0; ; i++)
        {
            var truth = (await GetAsync($"predictions/{prediction}")).GetProperty("ground_truth");
            if (truth.ValueKind == JsonValueKind.Object)
                return truth;
            Assert.True(i < 600, $"{prediction} has no ground truth after a minute.");
            await PauseAsync();
        }
    }

    public Task<JsonElement> GetAsync(string path) =>
        api.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/{path}", TestContext.Current.CancellationToken);

    private static Task PauseAsync() =>
        Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);

    private static string Measure(int i) => string.Create(CultureInfo.InvariantCulture, $"time_in_step_{i}_of_the_line");

    // The newest whole hour that is over.
    private static readonly DateTimeOffset Hour = DateTimeOffset.FromUnixTimeSeconds(
        (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(75)).ToUnixTimeSeconds() / 3600 * 3600
    );

    private static Dictionary<string, object> Features(int i, int seed)
    {
        var features = Enumerable
            .Range(0, Measures)
            .ToDictionary(Measure, at => (object)Math.Round((100 + ((((i * 37) + (at * 11)) * seed) % 89)) * (i % 29 == at ? 9.5 : 1), 1));
        features["letter"] =
            $"Letter {i} of {seed}: the parcel came <b>open</b>, and nobody answers. I have written before, on Monday and again today; "
            + "what was in it is gone, and I should like to have either it or my money. With kind regards, a customer of many years";
        features["country"] = i % 3 == 0 ? "FR" : "BR";
        return features;
    }

    private static Dictionary<string, object> Row(int i, int seed)
    {
        var row = Features(i, seed);
        row["answer"] = Classes[i % Classes.Length];
        row["truth"] = Classes[(i % 7 == 0 ? i + 1 : i) % Classes.Length];
        row["at"] = Hour.AddDays(-9).AddSeconds(i);
        return row;
    }

    private static object Prediction(int i) =>
        new
        {
            prediction_id = string.Create(CultureInfo.InvariantCulture, $"letter-{i}"),
            timestamp = Hour.AddSeconds(i * (3500.0 / Letters)),
            version = "v1",
            features = Features(i, seed: 2),
            prediction = Classes[i % Classes.Length],
        };

    private static string Lines(IEnumerable<object> rows) => string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));

    private async Task SendAsync(HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri($"/v1/models/{name}{path}", UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        using var response = await api.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

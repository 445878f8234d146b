using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>A model on the real host, fed with small inputs over HTTP; its numbers are read over HTTP.</summary>
internal sealed class SmallModel
{
    /// <summary>The hour that <see cref="PredictAsync"/> counts from.</summary>
    public static readonly DateTimeOffset Start = new(2025, 11, 25, 0, 0, 0, TimeSpan.Zero);

    private readonly TestHost _host;

    private SmallModel(TestHost host, string name) => (_host, Name) = (host, name);

    public string Name { get; }

    public static async Task<SmallModel> CreateAsync(TestHost host, object specification, string prefix) =>
        new(host, await host.CreateModelAsync(specification, prefix));

    /// <summary>Sends a reference as CSV: a header, then a line per row.</summary>
    public async Task ReferenceAsync(string query, string header, IEnumerable<string> lines)
    {
        using var content = new StringContent($"{header}\n{string.Join('\n', lines)}\n", Encoding.UTF8, "text/csv");
        using var answer = await _host.Client.PutAsync($"/v1/models/{Name}/reference?{query}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends predictions of an hour: <paramref name="row"/> gives the members besides the timestamp, without braces.</summary>
    public async Task PredictAsync(double hour, int count, Func<int, string> row)
    {
        var lines = Enumerable
            .Range(0, count)
            .Select(i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"timestamp":"{{Start.AddHours(hour).AddSeconds(i * 3000.0 / count):O}}",{{row(i)}}}"""
                )
            );
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var answer = await _host.Client.PostAsync($"/v1/models/{Name}/predictions", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
    }

    public Task ComputedAsync() => _host.WaitUntilComputedAsync(Name);

    /// <summary>
    /// The points of some metrics, all features, over ten days from <see cref="Start"/>; of all rows if no filter says otherwise.
    /// </summary>
    public async Task<IReadOnlyList<JsonElement>> PointsAsync(string metrics, string window = "1h", string filter = "")
    {
        var query =
            $"metric={metrics}&window={window}&from={Start:yyyy-MM-ddTHH:mm:ssZ}&to={Start.AddDays(10):yyyy-MM-ddTHH:mm:ssZ}"
            + $"&limit=5000&{filter}";
        var answer = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{Name}/metrics?{query}");
        return [.. answer.GetProperty("points").EnumerateArray()];
    }

    /// <summary>The one point of a metric and feature that starts in an hour.</summary>
    public async Task<JsonElement> PointAsync(string metric, string? feature, int hour = 0, string window = "1h") =>
        (await PointsAsync(metric, window)).Single(point =>
            point.GetProperty("feature").GetString() == feature
            && point.GetProperty("window_start").GetDateTimeOffset() == Start.AddHours(hour)
            && point.GetProperty("class").ValueKind == JsonValueKind.Null
        );

    public async Task<double> ValueAsync(string metric, string? feature, int hour = 0) =>
        (await PointAsync(metric, feature, hour)).GetProperty("value").GetDouble();

    /// <summary>State and reason of a layer's health, after the rules have looked.</summary>
    public async Task<(string State, string Reason)> HealthAsync(string layer)
    {
        await _host.WaitUntilEvaluatedAsync(Name);
        var answer = await _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{Name}/health");
        var found = answer.GetProperty("layers").EnumerateArray().Single(one => one.GetProperty("layer").GetString() == layer);
        return (found.GetProperty("state").GetString()!, found.GetProperty("reason").GetString()!);
    }

    /// <summary>Any endpoint of the model.</summary>
    public Task<JsonElement> GetAsync(string path) => _host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{Name}{path}");
}

using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A binary model whose numbers come from events, so that every chart of a classifier has something to show: a labelled reference, ten days
/// of scored predictions of two versions and two countries, what decisions cost, and ground truth a day later. In Brazil, and from the
/// sixth day on, the amounts are others and the answers are wrong more often.
/// </summary>
internal static class ComparedModel
{
    public const string Name = "compared-refunds";
    public const int Days = 10;
    private const int RowsOfDay = 300;

    /// <summary>Long ago: no page may ask whether it happened lately.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static Task? _sent;

    /// <summary>Sends it once; comes back when all of it is computed.</summary>
    public static Task SendAsync(Uri server) => _sent ??= SendAllAsync(server);

    private static async Task SendAllAsync(Uri server)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = server };
        var declared = new
        {
            task = "binary",
            positive_class = "1",
            classes = new[] { "0", "1" },
            segments = new[] { "country" },
            label_delay = "1d",
            cost = new
            {
                false_positive = 1,
                false_negative = 3,
                currency = "EUR",
            },
            features = new
            {
                amount = new { type = "numeric" },
                age = new { type = "numeric" },
                country = new { type = "categorical" },
            },
        };
        await SendAsync(client, HttpMethod.Put, "", JsonSerializer.Serialize(declared), "application/json");
        var csv = new StringBuilder("amount,age,country,answer,s,truth\n");
        for (var i = 0; i < 3000; i++)
        {
            var row = RowOf(i, day: 0);
            csv.Append(CultureInfo.InvariantCulture, $"{row.Amount},{row.Age},{row.Country},{row.Answer},{row.Score},{row.Truth}\n");
        }

        await SendAsync(client, HttpMethod.Put, "/reference?prediction=answer&score=s&ground_truth=truth", csv.ToString(), "text/csv");
        List<(int Id, int Day)> all = [.. Enumerable.Range(0, Days * RowsOfDay).Select(i => (i, i / RowsOfDay))];
        await SendAsync(client, HttpMethod.Post, "/predictions", Lines(all.Select(row => Prediction(row.Id, row.Day))), Ndjson);
        await SendAsync(client, HttpMethod.Post, "/ground-truth", Lines(all.Select(row => Truth(row.Id, row.Day))), Ndjson);
        while (
            await client.GetFromJsonAsync<JsonElement>($"/v1/models/{Name}/progress") is var progress
            && (progress.GetProperty("spool").GetInt64() > 0 || progress.GetProperty("pending_windows").GetInt64() > 0)
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private const string Ndjson = "application/x-ndjson";

    private static DateTimeOffset At(int id) => Start.AddSeconds(id * (86_400.0 / RowsOfDay));

    private static object Prediction(int id, int day)
    {
        var row = RowOf(id, day);
        return new
        {
            prediction_id = $"c{id}",
            timestamp = At(id),
            version = id % 3 == 0 ? "v1" : "v2",
            features = new
            {
                amount = row.Amount,
                age = row.Age,
                country = row.Country,
            },
            prediction = row.Answer,
            score = row.Score,
            latency_ms = 20 + (id % 90),
        };
    }

    private static object Truth(int id, int day) =>
        new
        {
            prediction_id = $"c{id}",
            timestamp = At(id).AddHours(2 + (id % 40)),
            value = RowOf(id, day).Truth,
        };

    private static (double Amount, int Age, string Country, string Answer, double Score, string Truth) RowOf(int id, int day)
    {
        var brazil = id % 4 == 1;
        var score = Math.Round(id * 0.754877 % 1, 4);
        var luck = id * 0.618034 % 1;
        var wrong = (brazil || day >= 6) && id * 0.569840 % 1 < 0.3;
        var truth = score > luck ^ wrong;
        return (
            Math.Round((brazil ? 90 : 40) + (day >= 6 ? 25 : 0) + (40 * (id * 0.445042 % 1)), 2),
            20 + (id % 50),
            brazil ? "BR" : "FR",
            score >= 0.5 ? "1" : "0",
            score,
            truth ? "1" : "0"
        );
    }

    private static string Lines(IEnumerable<object> rows) => string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string body, string mediaType)
    {
        using var request = new HttpRequestMessage(method, $"/v1/models/{Name}{path}")
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>A model with a planted slice in which it is wrong more often, and what the tests of cold spots do with it.</summary>
internal sealed class ColdSpotWorld(TestHost host)
{
    private static readonly string[] Countries = ["AR", "BR", "CL", "DE", "FR"];

    /// <summary>When it was made.</summary>
    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    internal sealed record Row(string Id, string Country, double Amount, bool IsNew, string? Subject, double Score, bool Right)
    {
        public bool IsPlanted => Country == "BR" && Amount >= 70;
    }

    /// <summary>A model of which all ground truth is in, with what was sent last.</summary>
    public async Task<(string Model, List<Row> Rows)> CreateAsync()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
                window = "1d",
                signals = new { click = new { kind = "rate", good = "up" } },
                features = new
                {
                    country = new { type = "categorical" },
                    amount = new { type = "numeric" },
                    is_new = new { type = "boolean" },
                    subject = new { type = "text" },
                    late = new { type = "numeric" },
                },
            }
        );
        await PutReferenceAsync(
            model,
            [
                .. Rows(3000, 11, 0.2)
                    .Select(row => new
                    {
                        country = row.Country,
                        amount = row.Amount,
                        is_new = row.IsNew,
                        subject = row.Subject,
                        answer = "1",
                        s = row.Score,
                        truth = row.Right ? "1" : "0",
                    }),
            ]
        );
        var rows = Rows(5000, 12, 0.2);
        await SendAsync(model, rows, -6);
        // Half as many from Brazil in the week before.
        await SendAsync(model, [.. Rows(2500, 13, 0.1).Select(row => row with { Id = "before-" + row.Id })], -12);
        await host.AcceptAsync(
            model,
            "ground-truth",
            Lines(
                rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = Now.AddDays(-1),
                    value = row.Right ? "1" : "0",
                })
            ),
            "application/x-ndjson"
        );
        await host.WaitUntilComputedAsync(model);
        return (model, rows);
    }

    /// <summary>Searches, and waits for what is found.</summary>
    public async Task<JsonElement> SearchAsync(string model, object request)
    {
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/cold-spots", request);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(2);
        while (true)
        {
            var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/cold-spots");
            if (view.GetProperty("state").GetString() is not ("waiting" or "running"))
            {
                Assert.True(view.GetProperty("state").GetString() == "done", view.ToString());
                return view;
            }

            Assert.InRange(view.GetProperty("progress").GetDouble(), 0, 1);
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, view.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Rows of which those from Brazil have the given share.</summary>
    public static List<Row> Rows(int count, ulong seed, double brazil)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var country = random.NextDouble() < brazil ? "BR" : Countries[random.NextInt(4) is var c && c >= 1 ? c + 1 : c];
                    var amount = Math.Round(100 * random.NextDouble(), 2);
                    var hasSubject = random.NextInt(20) > 0;
                    var row = new Row(
                        $"{seed}-{i}",
                        country,
                        amount,
                        random.NextInt(2) == 0,
                        hasSubject ? new string('x', 1 + random.NextInt(60)) : null,
                        hasSubject ? 0.9 : 0.6,
                        false
                    );
                    return row with
                    {
                        Right =
                            random.NextDouble()
                            >= (
                                row.IsPlanted ? 0.5
                                : hasSubject ? 0.1
                                : 0.25
                            ),
                    };
                }),
        ];
    }

    public async Task PutReferenceAsync(string model, IReadOnlyList<object> rows)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Lines(rows)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var first = JsonSerializer.SerializeToElement(rows[0]);
        var columns =
            (first.TryGetProperty("s", out _) ? "&score=s" : "") + (first.TryGetProperty("truth", out _) ? "&ground_truth=truth" : "");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{model}/reference?prediction=answer{columns}", UriKind.Relative),
            content
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public static string Lines(IEnumerable<object> rows) => string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));

    private Task SendAsync(string model, List<Row> rows, int day) =>
        host.AcceptAsync(
            model,
            "predictions",
            Lines(
                rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = Now.AddDays(day).AddMinutes(i),
                            version = "v1",
                            features = new
                            {
                                country = row.Country,
                                amount = row.Amount,
                                is_new = row.IsNew,
                                subject = row.Subject,
                            },
                            prediction = "1",
                            score = row.Score,
                        }
                )
            ),
            "application/x-ndjson"
        );
}

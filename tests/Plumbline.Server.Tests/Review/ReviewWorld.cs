using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Review;

/// <summary>
/// A binary model with a labelled reference and traffic: an amount whose logarithm is normal, a country, a text; the score is right in the
/// reference, and the answer is wrong with the probability that the score leaves.
/// </summary>
internal sealed class ReviewWorld(TestHost host, ModelDefinition model)
{
    public sealed record Row(string Id, DateTimeOffset At, double Amount, string Country, string Note, double Score, string Truth)
    {
        public string Answer => Score >= 0.5 ? "1" : "0";

        public bool IsRight => Answer == Truth;
    }

    public const int ReferenceRows = 4_000;

    private static readonly string[] Countries = ["FR", "FR", "FR", "DE", "DE", "BR"];

    public string Name => model.Name;

    public ModelDefinition Model => host.Get<ModelCatalog>().Find(model.Name)!;

    public IReadOnlyList<Row> Reference { get; private set; } = [];

    /// <summary>The newest whole hour that is closed by the real clock.</summary>
    public static DateTimeOffset LastHour { get; } =
        DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(75)).ToUnixTimeSeconds() / 3600 * 3600);

    public static async Task<ReviewWorld> CreateAsync(TestHost host, object? specification = null)
    {
        var name = await host.CreateModelAsync(
            specification
                ?? new
                {
                    task = "binary",
                    positive_class = "1",
                    classes = new[] { "0", "1" },
                    features = new
                    {
                        amount = new { type = "numeric", unit = "EUR" },
                        country = new { type = "categorical" },
                        note = new { type = "text" },
                    },
                    segments = new[] { "country" },
                    cost = new
                    {
                        false_positive = 1.0,
                        false_negative = 20.0,
                        currency = "EUR",
                    },
                },
            "review"
        );
        var world = new ReviewWorld(host, host.Get<ModelCatalog>().Find(name)!)
        {
            Reference = Rows(ReferenceRows, seed: 1, LastHour.AddDays(-30)),
        };
        await world.PutReferenceAsync();
        return world;
    }

    /// <summary>Rows in one hour from a time on.</summary>
    public static IReadOnlyList<Row> Rows(int count, ulong seed, DateTimeOffset from)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var amount = Math.Round(Math.Exp(3 + 0.5 * random.NextGaussian()), 2);
                    var country = Countries[random.NextInt(Countries.Length)];
                    // Mostly sure: few answers are likely wrong.
                    var score = Math.Round(Math.Pow(random.NextDouble(), 3), 4);
                    if (random.NextDouble() < 0.5)
                        score = Math.Round(1 - score, 4);
                    var truth = random.NextDouble() < score ? "1" : "0";
                    var note = string.Join(
                        ' ',
                        Enumerable.Range(0, 5 + random.NextInt(20)).Select(_ => Words[random.NextInt(Words.Length)])
                    );
                    return new Row(
                        string.Create(CultureInfo.InvariantCulture, $"r{seed}-{i}"),
                        from.AddMilliseconds(i * (3_599_000.0 / count)),
                        amount,
                        country,
                        note,
                        score,
                        truth
                    );
                }),
        ];
    }

    private static readonly string[] Words =
    [
        "parcel",
        "late",
        "refund",
        "please",
        "order",
        "broken",
        "screen",
        "invoice",
        "wrong",
        "address",
        "never",
        "arrived",
        "thanks",
        "account",
        "locked",
    ];

    public Task PostAsync(IEnumerable<Row> rows, string? version = null) =>
        host.PostAsync(
            Name,
            "predictions",
            [
                .. rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = row.At,
                    version = version ?? "v1",
                    features = new
                    {
                        amount = row.Amount,
                        country = row.Country,
                        note = row.Note,
                    },
                    prediction = row.Answer,
                    score = row.Score,
                }),
            ]
        );

    public Task PostTruthAsync(IEnumerable<Row> rows) =>
        host.PostAsync(
            Name,
            "ground-truth",
            [
                .. rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = row.At.AddMinutes(1),
                    value = row.Truth,
                }),
            ]
        );

    public async Task<JsonElement> GetAsync(string path) =>
        await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{Name}/{path}", TestContext.Current.CancellationToken);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/v1/models/{Name}/{path}", UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    private async Task PutReferenceAsync()
    {
        var csv = new StringBuilder("amount,country,note,p,s,y,t\n");
        foreach (var row in Reference)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{row.Amount:R},{row.Country},{row.Note},{row.Answer},{row.Score:R},{row.Truth},{row.At:O}\n"
            );
        }

        using var content = new StringContent(csv.ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{Name}/reference?prediction=p&score=s&ground_truth=y&timestamp=t", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

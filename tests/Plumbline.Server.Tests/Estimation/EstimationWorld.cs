using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Estimation;

/// <summary>One row of a made-up world: its features, the model's answer, and what turned out to be true.</summary>
internal sealed record WorldRow(string Country, double Amount, string Answer, double Score, string Truth)
{
    public string Id { get; init; } = "";
}

/// <summary>Worlds where the right estimate is known, and how they get into the server: all over HTTP.</summary>
internal static class EstimationWorld
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A binary model whose score s comes true with probability s²: badly calibrated, so that only a calibrated estimate is right.
    /// </summary>
    public static List<WorldRow> Binary(int rows, ulong seed)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(i =>
                {
                    var score = Math.Round(random.NextDouble(), 4);
                    return new WorldRow(
                        random.NextInt(2) == 0 ? "FR" : "DE",
                        Math.Round(100 * random.NextDouble(), 3),
                        score >= 0.5 ? "1" : "0",
                        score,
                        random.NextDouble() < score * score ? "1" : "0"
                    )
                    {
                        Id = $"{seed}-{i}",
                    };
                }),
        ];
    }

    /// <summary>A regression whose error grows with the amount: |error| is amount / 10.</summary>
    public static List<WorldRow> Regression(int rows, ulong seed, double shift = 0)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(i =>
                {
                    var amount = Math.Round(Math.Min(100, (100 * random.NextDouble()) + shift), 3);
                    var error = amount / 10 * (random.NextInt(2) == 0 ? 1 : -1);
                    return new WorldRow(
                        random.NextInt(2) == 0 ? "FR" : "DE",
                        amount,
                        Text(2 * amount),
                        double.NaN,
                        Text((2 * amount) + error)
                    )
                    {
                        Id = $"{seed}-{i}",
                    };
                }),
        ];
    }

    public static async Task<ModelDefinition> CreateAsync(TestHost host, string task)
    {
        var features = new { amount = new { type = "numeric" }, country = new { type = "categorical" } };
        var name = task switch
        {
            "binary" => await host.CreateModelAsync(
                new
                {
                    task,
                    positive_class = "1",
                    classes = new[] { "0", "1" },
                    features,
                    segments = new[] { "country" },
                },
                "estimated"
            ),
            "multiclass" => await host.CreateModelAsync(
                new
                {
                    task,
                    classes = new[] { "0", "1" },
                    features,
                },
                "estimated"
            ),
            _ => await host.CreateModelAsync(
                new
                {
                    task,
                    features,
                    segments = new[] { "country" },
                },
                "estimated"
            ),
        };
        return host.Model(name);
    }

    public static async Task PutReferenceAsync(
        TestHost host,
        ModelDefinition model,
        IReadOnlyList<WorldRow> rows,
        bool withGroundTruth = true
    )
    {
        var scored = model.Task != ModelTask.Regression;
        var csv = new StringBuilder($"country,amount,answer{(scored ? ",s" : "")}{(withGroundTruth ? ",truth" : "")}\n");
        foreach (var row in rows)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{row.Country},{row.Amount},{row.Answer}{(scored ? "," + Text(row.Score) : "")}"
                    + $"{(withGroundTruth ? "," + row.Truth : "")}\n"
            );
        }

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv.ToString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await host.Client.PutAsync(
            new Uri(
                $"/v1/models/{model.Name}/reference?prediction=answer{(scored ? "&score=s" : "")}"
                    + $"{(withGroundTruth ? "&ground_truth=truth" : "")}",
                UriKind.Relative
            ),
            content
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Posts rows as predictions of one hour.</summary>
    public static async Task PostAsync(
        TestHost host,
        ModelDefinition model,
        int hour,
        IReadOnlyList<WorldRow> rows,
        string version = "v1",
        bool withProbabilities = false
    )
    {
        var lines = rows.Select(
            (row, i) =>
                JsonSerializer.Serialize(
                    new
                    {
                        prediction_id = row.Id,
                        timestamp = Start.AddHours(hour).AddMilliseconds(i * 3_500_000L / rows.Count),
                        version,
                        features = new { amount = row.Amount, country = row.Country },
                        prediction = model.Task == ModelTask.Regression
                            ? (object)double.Parse(row.Answer, CultureInfo.InvariantCulture)
                            : row.Answer,
                        score = model.Task == ModelTask.Binary ? row.Score : (double?)null,
                        probabilities = withProbabilities
                            ? new Dictionary<string, double>(StringComparer.Ordinal)
                            {
                                ["0"] = Math.Round(1 - row.Score, 4),
                                ["1"] = row.Score,
                            }
                            : null,
                    }
                )
        );
        await host.AcceptAsync(
            model.Name,
            "predictions",
            string.Join('\n', lines)
                .Replace(",\"score\":null", "", StringComparison.Ordinal)
                .Replace(",\"probabilities\":null", "", StringComparison.Ordinal),
            "application/x-ndjson"
        );
    }

    public static Task PostGroundTruthAsync(TestHost host, ModelDefinition model, IEnumerable<WorldRow> rows) =>
        host.AcceptAsync(
            model.Name,
            "ground-truth",
            string.Join(
                '\n',
                rows.Select(row =>
                    JsonSerializer.Serialize(
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = Start.AddDays(2),
                            value = model.Task == ModelTask.Regression
                                ? (object)double.Parse(row.Truth, CultureInfo.InvariantCulture)
                                : row.Truth,
                        }
                    )
                )
            ),
            "application/x-ndjson"
        );

    /// <summary>Points as the HTTP API answers them.</summary>
    public static async Task<List<JsonElement>> PointsAsync(TestHost host, ModelDefinition model, string metrics, string more = "")
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model.Name}/metrics?metric={metrics}&from=2026-03-02T00:00:00Z&to=2026-03-12T00:00:00Z{more}"
        );
        return [.. answer.GetProperty("points").EnumerateArray()];
    }

    public static JsonElement Point(
        IEnumerable<JsonElement> points,
        string metric,
        int hour = 0,
        string? segment = null,
        string? version = null,
        string? @class = null,
        string? feature = null
    ) =>
        Assert.Single(
            points,
            point =>
                Is(point, "metric", metric)
                && point.GetProperty("window_start").GetDateTimeOffset() == Start.AddHours(hour)
                && Is(point, "segment", segment)
                && Is(point, "version", version)
                && Is(point, "class", @class)
                && Is(point, "feature", feature)
        );

    public static double Value(this JsonElement point, string field = "value") => point.GetProperty(field).GetDouble();

    private static bool Is(JsonElement point, string field, string? value) => point.GetProperty(field).GetString() == value;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Store;

namespace Plumbline.Bench.Review;

/// <summary>
/// A binary model of 20 numbers and 10 categories with a labelled reference, and one day of predictions. They are made inside the engine:
/// how fast they come in is another benchmark's question.
/// </summary>
internal sealed class MillionWorld(BenchHost host, ModelDefinition model)
{
    private const string Name = "million";
    private const int Numbers = 20;
    private const int Categories = 10;
    private const int CategoryValues = 12;
    private const int ReferenceRows = 50_000;
    private const int RowsAtOnce = 100_000;

    public static DateTimeOffset From { get; } = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);

    public static DateTimeOffset To { get; } = From.AddDays(1);

    public ModelDefinition Model => model;

    public static async Task<MillionWorld> CreateAsync(BenchHost host, int rows)
    {
        var features = NumberNames()
            .Select(name => (name, type: "numeric"))
            .Concat(CategoryNames().Select(name => (name, type: "categorical")))
            .ToDictionary(feature => feature.name, feature => new { feature.type });
        using var answer = await host.Client.PutAsJsonAsync(
            $"/v1/models/{Name}",
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
                features,
            }
        );
        answer.EnsureSuccessStatusCode();
        await PutReferenceAsync(host);
        var world = new MillionWorld(host, host.Get<ModelCatalog>().Find(Name)!);
        await world.InsertAsync(rows);
        return world;
    }

    private static IEnumerable<string> NumberNames() => Names("number", Numbers);

    private static IEnumerable<string> CategoryNames() => Names("category", Categories);

    private static IEnumerable<string> Names(string kind, int count) =>
        Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{kind}_{i}"));

    private static async Task PutReferenceAsync(BenchHost host)
    {
        var random = new RandomSource(5);
        var csv = new StringBuilder(string.Join(',', NumberNames().Concat(CategoryNames()))).AppendLine(",answer,score,truth");
        for (var row = 0; row < ReferenceRows; row++)
        {
            for (var i = 0; i < Numbers; i++)
                csv.Append(CultureInfo.InvariantCulture, $"{random.NextGaussian():0.####},");
            for (var i = 0; i < Categories; i++)
                csv.Append(CultureInfo.InvariantCulture, $"v{Math.Sqrt(random.NextDouble()) * CategoryValues:0},");
            // Mostly sure: few answers are likely wrong.
            var score = Math.Pow(random.NextDouble(), 3);
            if (random.NextDouble() < 0.5)
                score = 1 - score;
            var truth = random.NextDouble() < score ? 1 : 0;
            csv.AppendLine(CultureInfo.InvariantCulture, $"{(score >= 0.5 ? 1 : 0)},{score:0.######},{truth}");
        }

        using var body = new StringContent(csv.ToString());
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        using var answer = await host.Client.PutAsync(
            new Uri($"/v1/models/{Name}/reference?prediction=answer&score=score&ground_truth=truth", UriKind.Relative),
            body
        );
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    private async Task InsertAsync(int rows)
    {
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], default);
        string[] numbers = [.. NumberNames().Select(name => model.FindFeature(name)!.Column)];
        string[] categories = [.. CategoryNames().Select(name => model.FindFeature(name)!.Column)];
        var made = string.Join(
            ", ",
            numbers
                .Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"randNormal(0, 1, {i})"))
                .Concat(
                    categories.Select(
                        (_, i) =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"concat('v', toString(round(sqrt(randCanonical({i})) * {CategoryValues})))"
                            )
                    )
                )
        );
        for (var first = 0; first < rows; first += RowsAtOnce)
        {
            await host.Get<IColumnStore>()
                .ExecuteAsync(
                    new SqlStatement(
                        $$"""
                        INSERT INTO {{ModelTables.Predictions(
                            model.Id
                        )}} (block, prediction_id, id_hash, timestamp, received_at, version, role,
                            status, prediction, score, confidence, {{string.Join(", ", numbers.Concat(categories))}})
                        SELECT 0, concat('p', toString(number)) AS id, reinterpretAsUInt64(substring(SHA256(id), 1, 8)),
                            {from:DateTime64(3, 'UTC')} + toIntervalMillisecond(intDiv(number * 86400000, {rows:UInt64})) AS at, at, 'v1',
                            'primary', 'ok', if(s >= 0.5, '1', '0'), if(rand(1) % 2 = 0, pow(randCanonical(2), 3),
                            1 - pow(randCanonical(2), 3)) AS s, greatest(s, 1 - s), {{made}}
                        FROM numbers({first:UInt64}, {count:UInt64})
                        """,
                        new("from", From),
                        new("rows", (long)rows),
                        new("first", (long)first),
                        new("count", (long)Math.Min(RowsAtOnce, rows - first))
                    ),
                    default
                );
        }
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Review;

/// <summary>
/// A regression whose errors depend on its inputs and not on its answers: large where the kind is <c>hard</c> and the size above 0 or
/// missing, small elsewhere.
/// </summary>
public sealed class ExpectedErrorOfNumbersTests(TestHost host)
{
    private const double LargeSpread = 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private sealed record Row(string Kind, double? Size, double Answer, double Truth)
    {
        public bool IsHard => Kind == "hard" && Size is not <= 0;
    }

    [Fact]
    public async Task Inputs_tell_which_answers_are_likely_far_off()
    {
        var name = await host.CreateModelAsync(
            new { task = "regression", features = new { kind = new { type = "categorical" }, size = new { type = "numeric" } } }
        );
        await PutReferenceAsync(name, Rows(4_000, 1));
        var rows = Rows(600, 2);
        await host.PostAsync(
            name,
            "predictions",
            [
                .. rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = $"r{i}",
                            timestamp = ReviewWorld.LastHour.AddSeconds(i),
                            version = "v1",
                            features = new { kind = row.Kind, size = row.Size },
                            prediction = row.Answer,
                        }
                ),
            ]
        );
        await host.WaitUntilComputedAsync(name);
        var expected = await ReadAsync(host.Get<ModelCatalog>().Find(name)!);
        Assert.Equal(rows.Count, expected.Count);
        // Of a normal error the mean absolute one is 0.8 spreads.
        var hard = rows.Select((row, i) => (row, Error: expected[$"r{i}"])).ToLookup(pair => pair.row.IsHard, pair => pair.Error);
        Assert.Equal(0.8 * LargeSpread, hard[true].Average(), 0.15 * LargeSpread);
        Assert.Equal(0.8, hard[false].Average(), 1.0);
        // Splits lie between thirty-seconds of the rows: what is nearest to 0 shares one with the other side.
        var clear = rows.Select((row, i) => (row, Error: expected[$"r{i}"]))
            .Where(pair => pair.row.Size is not (> -0.2 and < 0.2))
            .ToList();
        var (least, most) = (
            clear.Where(pair => pair.row.IsHard).Min(pair => pair.Error),
            clear.Where(pair => !pair.row.IsHard).Max(pair => pair.Error)
        );
        Assert.True(least > most, $"{least} is not above {most}");
        var missing = rows.Select((row, i) => (row, Error: expected[$"r{i}"])).Where(pair => pair.row is { Kind: "hard", Size: null });
        Assert.All(missing, pair => Assert.True(pair.Error > 0.4 * LargeSpread));
    }

    private static List<Row> Rows(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var row = new Row(
                        random.NextDouble() < 0.5 ? "hard" : "easy",
                        random.NextDouble() < 0.2 ? null : Math.Round(random.NextGaussian(), 3),
                        Math.Round(100 * random.NextDouble(), 2),
                        0
                    );
                    return row with { Truth = Math.Round(row.Answer + (row.IsHard ? LargeSpread : 1) * random.NextGaussian(), 3) };
                }),
        ];
    }

    private async Task PutReferenceAsync(string name, List<Row> rows)
    {
        var csv = new StringBuilder("kind,size,p,t\n");
        foreach (var row in rows)
            csv.Append(CultureInfo.InvariantCulture, $"{row.Kind},{row.Size},{row.Answer},{row.Truth}\n");
        using var content = new StringContent(csv.ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{name}/reference?prediction=p&ground_truth=t", UriKind.Relative),
            content,
            Ct
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task<Dictionary<string, double>> ReadAsync(ModelDefinition model)
    {
        var score = (await host.Get<PredictionScores>().OfAsync(model, null, null, Ct)).Find(ScoreKind.ExpectedError)!;
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement($"SELECT prediction_id, {score.Sql} FROM {ModelTables.Predictions(model.Id)}", score.Parameters),
                Ct
            );
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        while (rows.Read())
            found[rows.ReadString()] = rows.ReadDouble();
        return found;
    }
}

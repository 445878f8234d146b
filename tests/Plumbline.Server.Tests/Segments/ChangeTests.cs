using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Segments;

/// <summary>Why a mean outcome changed, from real events.</summary>
public sealed class ChangeTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A kind of rows: segment, score, how many in the two periods, and the share that is right in the two periods.</summary>
    private sealed record Cell(string Country, double Score, int Before, int After, double RightBefore, double RightAfter);

    [Fact]
    public async Task Traffic_that_moves_to_a_hard_segment_is_mix_and_is_called_simpsons_paradox()
    {
        // Both countries get better, the whole gets worse: everybody comes from the hard one now.
        var change = await ChangeAsync(new Cell("easy", 0.9, 900, 200, 0.8, 0.95), new Cell("hard", 0.9, 100, 800, 0.3, 0.45));
        Assert.Equal("traffic_mix", change.GetProperty("largest").GetString());
        Assert.True(change.GetProperty("is_simpsons_paradox").GetBoolean());
        Assert.Contains("Simpson", change.GetProperty("words").GetString()!);
    }

    [Fact]
    public async Task Harder_questions_within_the_segments_are_covariate_shift()
    {
        var change = await ChangeAsync(
            new Cell("a", 0.95, 400, 100, 0.95, 0.95),
            new Cell("a", 0.55, 100, 400, 0.55, 0.55),
            new Cell("b", 0.95, 400, 100, 0.95, 0.95),
            new Cell("b", 0.55, 100, 400, 0.55, 0.55)
        );
        Assert.Equal("covariate_shift", change.GetProperty("largest").GetString());
        Assert.False(change.GetProperty("is_simpsons_paradox").GetBoolean());
    }

    [Fact]
    public async Task Other_outcomes_of_the_same_answers_are_concept_change_and_the_segment_is_named_first()
    {
        var change = await ChangeAsync(new Cell("a", 0.9, 500, 500, 0.9, 0.9), new Cell("b", 0.9, 500, 500, 0.9, 0.5));
        Assert.Equal("concept_change", change.GetProperty("largest").GetString());
        Assert.Equal("b", change.GetProperty("segments")[0].GetProperty("segment").GetString());
        Assert.Equal(-0.2, change.GetProperty("observed").GetProperty("value").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task A_side_without_outcomes_is_said()
    {
        var change = await ChangeAsync(new Cell("a", 0.9, 0, 100, 0, 0.9));
        Assert.Equal(JsonValueKind.Null, change.TryGetProperty("before", out var before) ? before.ValueKind : JsonValueKind.Null);
        Assert.Contains("no outcomes", change.GetProperty("words").GetString()!);
    }

    private async Task<JsonElement> ChangeAsync(params Cell[] cells)
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        foreach (
            var (day, count, share) in new (int, Func<Cell, int>, Func<Cell, double>)[]
            {
                (0, cell => cell.Before, cell => cell.RightBefore),
                (1, cell => cell.After, cell => cell.RightAfter),
            }
        )
        {
            var rows = cells
                .SelectMany(
                    (cell, c) =>
                        Enumerable
                            .Range(0, count(cell))
                            .Select(i =>
                                (
                                    Id: $"{day}-{c}-{i}",
                                    Cell: cell,
                                    At: Start.AddDays(day).AddSeconds(i * 40),
                                    Right: i < share(cell) * count(cell)
                                )
                            )
                )
                .ToList();
            if (rows.Count == 0)
                continue;
            await host.PostAsync(
                name,
                "predictions",
                [
                    .. rows.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At,
                        version = "v1",
                        features = new { country = row.Cell.Country },
                        prediction = "1",
                        score = row.Cell.Score,
                    }),
                ]
            );
            await host.PostAsync(
                name,
                "ground-truth",
                [
                    .. rows.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At.AddHours(1),
                        value = row.Right ? "1" : "0",
                    }),
                ]
            );
        }

        await host.WaitUntilComputedAsync(name);
        var range = $"from={Start.AddDays(1).ToUnixTimeMilliseconds()}&to={Start.AddDays(2).ToUnixTimeMilliseconds()}";
        var change = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/change?dimension=country&{range}");
        if (change.GetProperty("observed").TryGetProperty("value", out var observed) && observed.ValueKind == JsonValueKind.Number)
            Assert.Equal(observed.GetDouble(), Part(change, "mix") + Part(change, "covariate") + Part(change, "concept"), 1e-9);
        return change;
    }

    private static double Part(JsonElement change, string part) => change.GetProperty(part).GetProperty("value").GetDouble();
}

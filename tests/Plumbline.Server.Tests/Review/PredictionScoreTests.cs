using System.Text.Json;
using Plumbline.Monitoring.Scores;
using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Outliers;
using Plumbline.Statistics.Uncertainty;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Review;

/// <summary>Scores as the engine computes them, against the library's own on the same rows.</summary>
public sealed class PredictionScoreTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Oddity_is_the_rarest_feature_by_the_library_and_rare_on_the_reference_itself()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(400, 2, ReviewWorld.LastHour).ToList();
        // What the reference never had: an amount far out, an unknown country, a text of one word.
        rows[0] = rows[0] with
        {
            Amount = 5_000,
        };
        rows[1] = rows[1] with { Country = "XX" };
        rows[2] = rows[2] with { Note = "привет" };
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);

        var amounts = TailRarity.Fit([.. world.Reference.Select(row => row.Amount)]);
        var countries = CategoryRarity.Fit(
            world.Reference.CountBy(row => row.Country).ToDictionary(pair => pair.Key, pair => (long)pair.Value)
        );
        var lengths = TailRarity.Fit([.. world.Reference.Select(row => Math.Log2(1.0 + row.Note.Length))]);
        var scripts = TailRarity.Fit([.. world.Reference.Select(_ => 1.0)]);
        var found = await ReadAsync(world, ScoreKind.Oddity);
        foreach (var row in rows)
        {
            double[] bits =
            [
                amounts.Score(row.Amount)!.Value,
                countries.Score(row.Country),
                lengths.Score(Math.Log2(1.0 + row.Note.Length))!.Value,
                scripts.Score((double)System.Text.Encoding.UTF8.GetByteCount(row.Note) / row.Note.Length)!.Value,
            ];
            Assert.Equal(Math.Max(0, bits.Max() - 2), found[row.Id], 1e-9);
        }

        Assert.All(rows.Take(3), row => Assert.True(found[row.Id] > OddityScore.Full, $"{row}: {found[row.Id]}"));
        // Of ordinary rows at most 2^-b have b bits or more, within what chance does to 400.
        foreach (var b in new[] { 1, 2, 3, 4, 5 })
        {
            var share = rows.Skip(3).Count(row => found[row.Id] >= b) / 397.0;
            Assert.True(share <= Math.Pow(2, -b) + 3 * Math.Sqrt(Math.Pow(2, -b) / 397), $"{share} have {b} bits.");
        }
    }

    [Fact]
    public async Task The_expected_error_is_the_calibrated_probability_to_be_wrong_and_costs_what_is_declared()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(2_000, 3, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var errors = await ReadAsync(world, ScoreKind.ExpectedError);
        var costs = await ReadAsync(world, ScoreKind.ExpectedCost);
        // By construction the score is P(1): within what 4,000 labels and stretches of 80 rows tell.
        Assert.All(rows, row => Assert.Equal(row.Answer == "1" ? 1 - row.Score : row.Score, errors[row.Id], 0.12));
        Assert.True(Math.Abs(rows.Average(row => errors[row.Id]) - rows.Average(row => row.IsRight ? 0 : 1)) < 0.03);
        Assert.All(rows, row => Assert.Equal(errors[row.Id] * (row.Answer == "1" ? 1 : 20), costs[row.Id], 1e-9));
        var isotonic = IsotonicRegression.Fit(
            [.. world.Reference.Select(row => row.Score)],
            [.. world.Reference.Select(row => row.Truth == "1" ? 1.0 : 0)]
        );
        Assert.True(
            rows.Average(row => Math.Abs(isotonic.Predict(row.Score) - (row.Answer == "1" ? 1 - errors[row.Id] : errors[row.Id]))) < 0.02
        );
    }

    [Fact]
    public async Task Uncertainty_is_the_library_s_at_the_fitted_temperature()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(300, 4, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var set = await host.Get<PredictionScores>().OfAsync(world.Model, null, null, Ct);
        Assert.Equal(1, set.Fit.Temperature, 0.15);
        var (entropy, margin, least) = (
            await ReadAsync(world, ScoreKind.Uncertainty),
            await ReadAsync(world, ScoreKind.Margin),
            await ReadAsync(world, ScoreKind.LeastConfidence)
        );
        var scaling = new TemperatureScaling(set.Fit.Temperature, 0);
        foreach (var row in rows)
        {
            double[] plain = [1 - row.Score, row.Score];
            var scaled = new double[2];
            scaling.Apply([.. plain.Select(p => Math.Log(Math.Max(p, 1e-9)))], scaled);
            Assert.Equal(PredictionUncertainty.Entropy(scaled)!.Value, entropy[row.Id], 1e-6);
            Assert.Equal(1 - PredictionUncertainty.Margin(plain)!.Value, margin[row.Id], 1e-9);
            Assert.Equal(PredictionUncertainty.LeastConfidence(plain)!.Value, least[row.Id], 1e-9);
        }
    }

    [Fact]
    public async Task Explore_filters_sorts_and_shows_scores_and_a_decision_says_why()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(60, 5, ReviewWorld.LastHour).ToList();
        rows[7] = rows[7] with { Amount = 9_999, Country = "XX" };
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var seen = new List<(string Id, double Oddity)>();
        string? cursor = null;
        do
        {
            var page = await world.GetAsync(
                $"predictions?sort=-scores.oddity&columns=amount,scores.oddity&limit=7{(cursor is null ? "" : "&cursor=" + cursor)}"
            );
            seen.AddRange(
                page.GetProperty("predictions")
                    .EnumerateArray()
                    .Select(row =>
                        (row.GetProperty("prediction_id").GetString()!, row.GetProperty("scores").GetProperty("oddity").GetDouble())
                    )
            );
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);
        Assert.Equal(60, seen.Select(row => row.Id).Distinct().Count());
        Assert.Equal(60, seen.Count);
        Assert.Equal(seen.Select(row => row.Oddity).OrderDescending(), seen.Select(row => row.Oddity));
        Assert.Equal(rows[7].Id, seen[0].Id);

        var limit = seen[3].Oddity.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        var filtered = await world.GetAsync($"predictions?filter=scores.oddity:ge:{limit}&limit=1000");
        Assert.Equal(seen.Count(row => row.Oddity >= seen[3].Oddity), filtered.GetProperty("predictions").GetArrayLength());
        var decision = await world.GetAsync($"predictions/{rows[7].Id}");
        string[] reasons = [.. decision.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetProperty("words").GetString()!)];
        Assert.Contains("country = 'XX' was never in the reference", reasons);
        Assert.Contains(
            reasons,
            reason =>
                reason.StartsWith("amount ", StringComparison.Ordinal)
                && reason.EndsWith("sd above the reference median", StringComparison.Ordinal)
        );
        Assert.True(decision.GetProperty("scores").GetProperty("oddity").GetDouble() > OddityScore.Full);
    }

    [Fact]
    public async Task A_shadow_that_disagrees_a_complaint_and_a_wrong_type_are_told()
    {
        var world = await ReviewWorld.CreateAsync(
            host,
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
                features = new
                {
                    amount = new { type = "numeric" },
                    country = new { type = "categorical" },
                    note = new { type = "text" },
                },
                signals = new { complaint = new { kind = "rate", good = "down" } },
            }
        );
        var rows = ReviewWorld.Rows(4, 6, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await host.PostAsync(
            world.Name,
            "predictions",
            [
                Answered(rows[0], "shadow", "other", rows[0].Answer == "1" ? "0" : "1", "t-0"),
                Answered(rows[0], "primary", "first", rows[0].Answer, "t-0"),
                Answered(rows[0], "shadow", "same", "1", "t-1"),
                Answered(rows[0], "primary", "second", "1", "t-1"),
                new
                {
                    prediction_id = "odd",
                    timestamp = rows[1].At,
                    version = "v1",
                    features = new { amount = "many", country = "FR" },
                    prediction = "1",
                    score = 0.9,
                },
            ]
        );
        await host.PostAsync(
            world.Name,
            "signals",
            [
                new
                {
                    name = "complaint",
                    timestamp = rows[2].At.AddMinutes(2),
                    value = 1,
                    prediction_id = rows[2].Id,
                },
            ]
        );
        await host.WaitUntilComputedAsync(world.Name);
        Assert.Equal(["first"], (await ReadAsync(world, ScoreKind.Disagreement)).Where(pair => pair.Value > 0).Select(pair => pair.Key));
        Assert.Equal([rows[2].Id], (await ReadAsync(world, ScoreKind.Complaint)).Where(pair => pair.Value > 0).Select(pair => pair.Key));
        Assert.Equal(["odd"], (await ReadAsync(world, ScoreKind.Guard)).Where(pair => pair.Value > 0).Select(pair => pair.Key));
    }

    [Fact]
    public async Task Without_a_reference_it_is_said_what_cannot_be_had()
    {
        var name = await host.CreateModelAsync(new { task = "regression", features = new { a = new { type = "numeric" } } });
        var answer = await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<JsonElement>(
            host.Client,
            $"/v1/models/{name}/review/scores",
            Ct
        );
        var missing = answer
            .GetProperty("scores")
            .EnumerateArray()
            .ToDictionary(score => score.GetProperty("name").GetString()!, score => score.GetProperty("missing").GetString());
        Assert.Equal("the model has no reference", missing["oddity"]);
        Assert.Equal("no costs are declared", missing["expected_cost"]);
        Assert.Null(missing["guard"]);
        Assert.DoesNotContain("uncertainty", missing.Keys);
    }

    private static object Answered(ReviewWorld.Row at, string role, string id, string prediction, string trace) =>
        new
        {
            prediction_id = id,
            timestamp = at.At,
            role,
            version = role,
            prediction,
            score = 0.5,
            trace_id = trace,
        };

    private async Task<Dictionary<string, double>> ReadAsync(ReviewWorld world, ScoreKind kind)
    {
        var set = await host.Get<PredictionScores>().OfAsync(world.Model, null, null, Ct);
        var score = set.Find(kind)!;
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    $"SELECT prediction_id, {score.Sql} FROM {ModelTables.Predictions(world.Model.Id)} WHERE role = 'primary'",
                    score.Parameters
                ),
                Ct
            );
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        while (rows.Read())
            found[rows.ReadString()] = rows.ReadDouble();
        return found;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Outcomes;

/// <summary>What decisions cost, by the row.</summary>
public sealed class CostTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_binary_model_costs_what_its_errors_cost_times_the_value_of_the_row()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                features = new { amount = new { type = "numeric" } },
                cost = new
                {
                    false_positive = 2.0,
                    false_negative = 10.0,
                    currency = "EUR",
                    value_feature = "amount",
                },
            }
        );
        // 40 rows: 10 false positives worth 3 each, 5 false negatives without an amount, 25 right.
        await SendAsync(
            name,
            40,
            i =>
                (
                    i < 10 ? "1"
                    : i < 15 ? "0"
                    : "1",
                    i < 15 ? (i < 10 ? "0" : "1") : "1",
                    i < 10 ? 3.0 : null
                )
        );
        Assert.Equal((10 * 2 * 3) + (5 * 10), await ValueAsync(name, "cost.realized"), 1e-9);
        Assert.Equal(110 / 40.0 * 1000, await ValueAsync(name, "cost.realized_per_1000"), 1e-9);
    }

    [Fact]
    public async Task A_matrix_prices_each_confusion_and_may_earn()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "multiclass",
                classes = new[] { "a", "b", "c" },
                cost = new
                {
                    matrix = new
                    {
                        a = new
                        {
                            a = -1.0,
                            b = 2.0,
                            c = 3.0,
                        },
                        b = new { a = 4.0, c = 5.0 },
                        c = new { a = 6.0, b = 7.0 },
                    },
                    currency = "EUR",
                },
            }
        );
        await SendAsync(
            name,
            40,
            i =>
                (
                    i < 20 ? "a"
                    : i < 30 ? "b"
                    : "c",
                    i < 10 ? "a" : "c",
                    null
                )
        );
        // 10 right a earn 1; 10 times c taken for a cost 6; 10 times c taken for b cost 7; 10 right c cost nothing.
        Assert.Equal(-10 + 60 + 70, await ValueAsync(name, "cost.realized"), 1e-9);
    }

    [Fact]
    public async Task The_expected_cost_of_a_calibrated_model_is_near_what_it_turns_out_to_be()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                cost = new { false_positive = 1.0, false_negative = 5.0 },
            }
        );
        var random = new Random(4);
        var lines = string.Join(
            '\n',
            Enumerable
                .Range(0, 4000)
                .Select(_ =>
                {
                    var score = random.NextDouble();
                    return FormattableString.Invariant(
                        $$"""{"answer":"{{(score >= 0.5 ? "1" : "0")}}","score":{{score:R}},"truth":"{{(random.NextDouble() < score ? "1" : "0")}}"}"""
                    );
                })
        );
        using var content = new StringContent(lines, System.Text.Encoding.UTF8, "application/x-ndjson");
        (
            await host.Client.PutAsync($"/v1/models/{name}/reference?prediction=answer&score=score&ground_truth=truth", content)
        ).EnsureSuccessStatusCode();

        var rows = Enumerable.Range(0, 2000).Select(i => (Score: random.NextDouble(), Truth: random.NextDouble())).ToList();
        await host.PostAsync(
            name,
            "predictions",
            [
                .. rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = $"p{i}",
                            timestamp = Start.AddSeconds(i),
                            version = "v1",
                            features = new { x = 1 },
                            prediction = row.Score >= 0.5 ? "1" : "0",
                            score = row.Score,
                        }
                ),
            ]
        );
        await host.PostAsync(
            name,
            "ground-truth",
            [
                .. rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = $"p{i}",
                            timestamp = Start.AddDays(1),
                            value = row.Truth < row.Score ? "1" : "0",
                        }
                ),
            ]
        );
        await host.WaitUntilComputedAsync(name);

        var (estimated, realised) = (await PointAsync(name, "cost.estimated_per_1000"), await PointAsync(name, "cost.realized_per_1000"));
        // Independent of the code: E = sum over s of s(1-d)5 + (1-s)d.
        var expected = rows.Average(row => row.Score >= 0.5 ? 1 - row.Score : 5 * row.Score) * 1000;
        Assert.Equal(expected, estimated.GetProperty("value").GetDouble(), expected * 0.06);
        Assert.InRange(
            realised.GetProperty("value").GetDouble(),
            estimated.GetProperty("lower").GetDouble() - (expected * 0.05),
            estimated.GetProperty("upper").GetDouble() + (expected * 0.05)
        );
    }

    [Theory]
    [InlineData(
        """{"task":"multiclass","classes":["a","b","refund"],"cost":{"matrix":{"a":{"b":1,"refund":2},"b":{"a":1,"refund":1}}}}""",
        "cost.matrix",
        "'refund' has no row"
    )]
    [InlineData(
        """{"task":"multiclass","classes":["a","b","refund"],"cost":{"matrix":{"a":{"b":1},"b":{"a":1,"refund":1},"refund":{"a":1,"b":1}}}}""",
        "cost.matrix",
        "'a' does not price the decision 'refund'"
    )]
    [InlineData(
        """{"task":"multiclass","classes":["a","b"],"cost":{"matrix":{"a":{"b":1},"b":{"a":1},"c":{"a":1,"b":1}}}}""",
        "cost.matrix",
        "'c' is not among the classes"
    )]
    [InlineData("""{"task":"multiclass","cost":{"false_positive":1}}""", "cost.matrix", "several classes")]
    [InlineData("""{"task":"regression","cost":{"false_positive":1}}""", "cost.per_unit_of_error", "one unit of absolute error")]
    [InlineData(
        """{"task":"binary","features":{"plan":{"type":"categorical"}},"cost":{"false_positive":1,"value_feature":"plan"}}""",
        "cost.value_feature",
        "numeric"
    )]
    [InlineData("""{"task":"binary","cost":{"false_positive":-1}}""", "cost", "between 0")]
    [InlineData("""{"task":"binary","crosses":[["a","b"]]}""", "crosses", "two different segments")]
    public async Task A_cost_that_has_gaps_is_refused_by_the_name_of_the_class(string body, string field, string reason)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName()}", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray(),
            error =>
                error.GetProperty("field").GetString() == field
                && error.GetProperty("reason").GetString()!.Contains(reason, StringComparison.Ordinal)
        );
    }

    private async Task SendAsync(string name, int rows, Func<int, (string Answer, string Truth, double? Amount)> row)
    {
        await host.PostAsync(
            name,
            "predictions",
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = Start.AddSeconds(i),
                        version = "v1",
                        features = new { amount = row(i).Amount },
                        prediction = row(i).Answer,
                    }),
            ]
        );
        await host.PostAsync(
            name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = Start.AddDays(1),
                        value = row(i).Truth,
                    }),
            ]
        );
        await host.WaitUntilComputedAsync(name);
    }

    private async Task<double> ValueAsync(string model, string metric) =>
        (await PointAsync(model, metric)).GetProperty("value").GetDouble();

    private async Task<JsonElement> PointAsync(string model, string metric)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric={metric}&from={Start.ToUnixTimeMilliseconds()}&to="
                + $"{Start.AddHours(1).ToUnixTimeMilliseconds()}"
        );
        return Assert.Single(answer.GetProperty("points").EnumerateArray());
    }
}

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Models;

/// <summary>One class is one class, whichever door it comes through and whatever tool wrote it.</summary>
public sealed class ClassSpellingTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, object, object, object, object> Spellings =>
        new()
        {
            { "1", "0.0", "1.0", "0", "1" },
            { "1.0", 0, 1, 0, 1 },
            { "true", "False", "True", false, true },
            { "1", false, true, 0.0, 1.0 },
            { "True", 0, 1, "false", " true " },
            { " 1 ", "0", "1", "0.00", "1." },
        };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Ninety_right_answers_of_a_hundred_are_accuracy_nine_tenths_however_they_are_spelt(
        string positive,
        object no,
        object yes,
        object falseLabel,
        object trueLabel
    )
    {
        var model = await host.CreateModelAsync(new { task = "binary", positive_class = positive });
        await PostAsync(model, no, yes, falseLabel, trueLabel);
        await AssertNineTenthsAsync(model);
    }

    [Fact]
    public async Task A_model_that_declares_no_class_learns_the_spelling_from_the_first_that_tells()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        await PostAsync(model, 0, 1, false, true);
        await AssertNineTenthsAsync(model);
        var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal("1", view.GetProperty("positive_class").GetString());
        Assert.Equal(["0", "1"], view.GetProperty("classes").EnumerateArray().Select(name => name.GetString()!).Order());
    }

    [Theory]
    [InlineData("0", "1", "0", "1")]
    [InlineData("0.0", "1.0", "0", "1")]
    [InlineData("False", "True", "0", "1")]
    [InlineData("0", "1", "0.0", "1.0")]
    public async Task A_reference_in_any_spelling_is_the_same_reference(string no, string yes, string falseLabel, string trueLabel)
    {
        var model = await host.CreateModelAsync(new { task = "binary", positive_class = "1" });
        var csv = new StringBuilder("x,p,s,y\n");
        var events = new List<object>();
        for (var i = 0; i < 400; i++)
        {
            var score = ((i * 37 % 100) + 0.5) / 100;
            var truth = i * 61 % 100 < score * 100;
            csv.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{i},{(score > 0.5 ? yes : no)},{score},{(truth ? trueLabel : falseLabel)}\n"
            );
            events.Add(
                new
                {
                    prediction_id = $"{i}",
                    timestamp = Start.AddSeconds(i),
                    features = new { x = i },
                    prediction = score > 0.5 ? 1 : 0,
                    score,
                }
            );
        }

        using var body = new StringContent(csv.ToString(), Encoding.UTF8, "text/csv");
        using var answer = await host.Client.PutAsync($"/v1/models/{model}/reference?prediction=p&score=s&ground_truth=y", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await host.PostAsync(model, "predictions", [.. events]);
        await host.WaitUntilComputedAsync(model);

        Assert.Equal(
            0,
            (await PointsAsync(model, "drift.js"))
                .Single(point => point.GetProperty("feature").GetString() == "@prediction")
                .GetProperty("value")
                .GetDouble(),
            1e-12
        );
        Assert.NotEqual(JsonValueKind.Null, Assert.Single(await PointsAsync(model, "estimated.accuracy")).GetProperty("value").ValueKind);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("  ")]
    public async Task What_means_missing_is_no_class(string written)
    {
        var model = await host.CreateModelAsync(new { task = "binary", positive_class = "1" });
        using var label = await host.Client.PostAsJsonAsync(
            $"/v1/models/{model}/ground-truth",
            new { prediction_id = "a", value = written }
        );
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, label.StatusCode);
        Assert.Contains("field_missing", await label.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await host.PostAsync(
            model,
            "predictions",
            [
                new
                {
                    prediction_id = "a",
                    timestamp = Start,
                    prediction = written,
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal(0, view.GetProperty("classes").GetArrayLength());
    }

    [Fact]
    public async Task A_label_outside_the_declared_classes_is_counted_and_blanks_nothing()
    {
        var model = await host.CreateModelAsync(new { task = "multiclass", classes = new[] { "cat", "dog", "fox" } });
        string[] names = ["cat", "dog", "fox"];
        var rows = Enumerable
            .Range(0, 300)
            .Select(i =>
                (
                    Id: $"{i}",
                    At: Start.AddHours(i / 100).AddSeconds(i),
                    Truth: names[i % 3],
                    Answer: names[i % 7 == 0 ? (i + 1) % 3 : i % 3]
                )
            )
            .ToList();
        await host.PostAsync(
            model,
            "predictions",
            [
                .. rows.Select(row =>
                    (object)
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = row.At,
                            prediction = row.Answer,
                            probabilities = names.ToDictionary(name => name, name => name == row.Answer ? 0.8 : 0.1),
                        }
                ),
            ]
        );
        await host.PostAsync(
            model,
            "ground-truth",
            [
                .. rows.Select(row =>
                    (object)
                        new
                        {
                            prediction_id = row.Id,
                            value = row.Id == "150" ? "Cat"
                            : row.Id == "151" ? " " + row.Truth
                            : row.Truth,
                        }
                ),
            ]
        );
        await host.WaitUntilComputedAsync(model);

        foreach (var metric in new[] { "roc_auc", "log_loss", "ece", "brier", "accuracy" })
        {
            var points = (await PointsAsync(model, $"performance.{metric}"))
                .OrderBy(point => point.GetProperty("window_start").GetString(), StringComparer.Ordinal)
                .ToList();
            Assert.Equal([100, 99, 100], points.Select(point => point.GetProperty("n").GetInt64()));
            Assert.All(points, point => Assert.Equal("ok", point.GetProperty("status").GetString()));
        }

        Assert.Equal(
            [0, 0.01, 0],
            (await PointsAsync(model, "performance.labels_outside"))
                .OrderBy(point => point.GetProperty("window_start").GetString(), StringComparer.Ordinal)
                .Select(point => point.GetProperty("value").GetDouble())
        );
        Assert.Equal(299, Assert.Single(await PointsAsync(model, "performance.accuracy", "1d")).GetProperty("n").GetInt64());
    }

    [Fact]
    public async Task Classes_beyond_a_declared_list_are_shown()
    {
        var model = await host.CreateModelAsync(new { task = "multiclass", classes = new[] { "cat", "dog", "fox" } });
        await host.PostAsync(
            model,
            "predictions",
            [
                new
                {
                    prediction_id = "a",
                    timestamp = Start,
                    prediction = "Cat",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal("Cat", Assert.Single(view.GetProperty("undeclared_classes").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_declaration_spells_classes_costs_and_searches_as_events_do()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                classes = new[] { "1.0", "0.0" },
                positive_class = "True",
                cost = new
                {
                    currency = "EUR",
                    matrix = new Dictionary<string, object>
                    {
                        ["1"] = new Dictionary<string, int> { ["0.0"] = 5 },
                        ["false"] = new Dictionary<string, int> { ["1.0"] = 2 },
                    },
                },
            }
        );
        var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal("1", view.GetProperty("positive_class").GetString());
        Assert.Equal(5, view.GetProperty("cost").GetProperty("matrix").GetProperty("1").GetProperty("0").GetDouble());
        await host.PostAsync(
            model,
            "predictions",
            [
                new
                {
                    prediction_id = "a",
                    timestamp = Start,
                    prediction = 1.0,
                },
                new
                {
                    prediction_id = "b",
                    timestamp = Start,
                    prediction = "0",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        foreach (var query in new[] { "class=1.0", "filter=prediction:eq:True" })
        {
            var found = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions?{query}");
            Assert.Equal("a", Assert.Single(found.GetProperty("predictions").EnumerateArray()).GetProperty("prediction_id").GetString());
        }

        using var wrong = await host.Client.PutAsJsonAsync(
            $"/v1/models/{host.NewModelName()}",
            new { task = "multiclass", classes = new[] { "None", "mild" } }
        );
        Assert.Contains("means that there is no label", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probability_that_rounding_put_above_one_is_one()
    {
        var model = await host.CreateModelAsync(new { task = "multiclass" });
        await host.PostAsync(
            model,
            "predictions",
            [
                new
                {
                    prediction_id = "f32",
                    timestamp = Start,
                    prediction = "a",
                    probabilities = new { a = 1.0000001192092896, b = -1e-7 },
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var stored = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions/f32");
        Assert.Equal(1, stored.GetProperty("score").GetDouble());
        using var beyond = await host.Client.PostAsJsonAsync(
            $"/v1/models/{model}/predictions",
            new { prediction = "a", probabilities = new { a = 1.00001 } }
        );
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, beyond.StatusCode);
    }

    // 100 rows: 60 true of which 50 are found, 40 false of which 40 are found.
    private async Task PostAsync(string model, object no, object yes, object falseLabel, object trueLabel)
    {
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"{i}",
                                timestamp = Start.AddSeconds(i),
                                prediction = i < 50 ? yes : no,
                            }
                    ),
            ]
        );
        await host.PostAsync(
            model,
            "ground-truth",
            [.. Enumerable.Range(0, 100).Select(i => (object)new { prediction_id = $"{i}", value = i < 60 ? trueLabel : falseLabel })]
        );
        await host.WaitUntilComputedAsync(model);
    }

    private async Task AssertNineTenthsAsync(string model)
    {
        Assert.Equal(0.9, Assert.Single(await PointsAsync(model, "performance.accuracy")).GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(5.0 / 6, Assert.Single(await PointsAsync(model, "performance.recall")).GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal([0.5, 0.5], (await PointsAsync(model, "output.share")).Select(point => point.GetProperty("value").GetDouble()));
    }

    private async Task<List<JsonElement>> PointsAsync(string model, string metric, string? window = null)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric={metric}&from=2026-02-03T00:00:00Z&to=2026-02-04T00:00:00Z"
                + $"{(window is null ? "" : "&window=" + window)}"
        );
        return
        [
            .. answer
                .GetProperty("points")
                .EnumerateArray()
                .Where(point =>
                    point.GetProperty("version").ValueKind == JsonValueKind.Null || point.GetProperty("version").GetString() == ""
                ),
        ];
    }
}

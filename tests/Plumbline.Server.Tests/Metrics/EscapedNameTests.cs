using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Metrics;

/// <summary>Names that hold the signs of the query language can be asked for, and bounds of shares are shares.</summary>
public sealed class EscapedNameTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_comma_in_a_name_and_a_literal_star_are_written_with_a_backslash()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                features = new Dictionary<string, object>
                {
                    ["c"] = new { type = "categorical" },
                    ["a,b"] = new { type = "numeric" },
                    ["*"] = new { type = "numeric" },
                },
                segments = new[] { "c" },
            }
        );
        string[] values = ["*", "b", "d", "e"];
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 240)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"{i}",
                                timestamp = Start.AddSeconds(i),
                                prediction = "1",
                                status = i == 3 ? "error" : "ok",
                                features = new Dictionary<string, object>
                                {
                                    ["c"] = values[i % 4],
                                    ["a,b"] = i,
                                    ["*"] = i,
                                },
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(model);

        Assert.Equal(["a,b"], await NamesAsync(model, "feature", "feature=a%5C,b"));
        Assert.Equal(["*"], await NamesAsync(model, "feature", "feature=%5C*"));
        Assert.Equal(["*", "a,b"], await NamesAsync(model, "feature", "feature=a%5C,b,%5C*"));
        Assert.Equal(["*", "a,b", "c"], await NamesAsync(model, "feature", "feature=*"));
        Assert.Equal(["c=*"], await NamesAsync(model, "segment", "segment=c%3D%5C*"));
        Assert.Equal(["c=*", "c=b", "c=d", "c=e"], await NamesAsync(model, "segment", "segment=c%3D*"));

        var table = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/segments?dimension=c&metric=system.error_rate&from=2026-02-03T00:00:00Z&to=2026-02-04T00:00:00Z"
        );
        var rates = table.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("metrics")[0]).ToList();
        Assert.Equal(4, rates.Count);
        Assert.All(rates, rate => Assert.InRange(rate.GetProperty("lower").GetDouble(), 0, rate.GetProperty("upper").GetDouble()));
    }

    [Fact]
    public async Task A_time_with_a_part_of_a_millisecond_is_told_from_one_that_cannot_be_read()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        using var answer = await host.Client.PostAsJsonAsync(
            $"/v1/models/{model}/predictions",
            new { timestamp = 1769904000000.5, prediction = 1 }
        );
        Assert.Contains("no whole number", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_predicted_number_that_is_NaN_is_a_row_without_an_answer()
    {
        var model = await host.CreateModelAsync(new { task = "regression" });
        await host.PostAsync(
            model,
            "predictions",
            [
                new
                {
                    prediction_id = "a",
                    timestamp = Start,
                    prediction = "NaN",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var stored = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/predictions/a");
        Assert.True(!stored.TryGetProperty("prediction", out var prediction) || prediction.ValueKind == JsonValueKind.Null);
    }

    private async Task<List<string>> NamesAsync(string model, string field, string query)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric={(field == "feature" ? "input.missing_rate" : "input.rows")}"
                + $"&from=2026-02-03T00:00:00Z&to=2026-02-04T00:00:00Z&{query}"
        );
        return
        [
            .. answer
                .GetProperty("points")
                .EnumerateArray()
                .Select(point => point.GetProperty(field).GetString()!)
                .Where(name => name[0] != '@')
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }
}

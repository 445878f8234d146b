using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>Cold spots of real events: planted slices are found with their numbers, whatever makes a row bad.</summary>
public sealed class ColdSpotTests(TestHost host)
{
    private readonly ColdSpotWorld _world = new(host);

    [Fact]
    public async Task A_planted_slice_is_found_with_its_numbers_examples_and_growth()
    {
        var (model, rows) = await _world.CreateAsync();
        var view = await _world.SearchAsync(model, new { });
        var result = view.GetProperty("result");
        Assert.Equal(
            ("done", "error", 5000, 4, 1),
            (
                view.GetProperty("state").GetString(),
                result.GetProperty("loss").GetString(),
                result.GetProperty("rows").GetInt32(),
                result.GetProperty("features").GetInt32(),
                result.GetProperty("features_left_out").GetInt32()
            )
        );
        // Rows without a subject are a little worse too; whether that is certain hangs on the split.
        var spots = result.GetProperty("cold_spots").EnumerateArray().ToList();
        Assert.All(spots.Skip(1), other => Assert.Equal("subject is missing", other.GetProperty("text").GetString()));
        var spot = spots[0];
        var conditions = spot.GetProperty("conditions").EnumerateArray().ToDictionary(c => c.GetProperty("feature").GetString()!, c => c);
        Assert.Equal("BR", conditions["country"].GetProperty("category").GetString());
        Assert.InRange(conditions["amount"].GetProperty("from").GetDouble(), 66, 74);
        Assert.Equal(JsonValueKind.Null, conditions["amount"].GetProperty("to").ValueKind);
        Assert.Contains("country = BR", spot.GetProperty("text").GetString(), StringComparison.Ordinal);

        Assert.InRange(spot.GetProperty("difference").GetDouble(), 0.25, 0.5);
        Assert.InRange(spot.GetProperty("lower").GetDouble(), 0.15, spot.GetProperty("difference").GetDouble());
        Assert.True(spot.GetProperty("p_value").GetDouble() < 1e-6);
        var planted = rows.Where(row => row.IsPlanted).ToList();
        Assert.Equal(
            planted.Count(row => !row.Right) - (0.1 * planted.Count),
            spot.GetProperty("excess").GetDouble(),
            0.3 * planted.Count * 0.4
        );
        Assert.InRange(spot.GetProperty("traffic_growth").GetDouble(), 0.5, 1.8);

        var wrong = planted.Where(row => !row.Right).Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        var examples = spot.GetProperty("examples").EnumerateArray().Select(id => id.GetString()!).ToList();
        Assert.Equal(10, examples.Distinct().Count());
        Assert.True(examples.Count(wrong.Contains) >= 9, string.Join(' ', examples));

        // Its filters select the same predictions as the search counted.
        var filters = string.Concat(
            spot.GetProperty("filters").EnumerateArray().Select(filter => "&filter=" + Uri.EscapeDataString(filter.GetString()!))
        );
        var (from, to) = (
            Uri.EscapeDataString(result.GetProperty("from").GetString()!),
            Uri.EscapeDataString(result.GetProperty("to").GetString()!)
        );
        var counted = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/prediction-counts?from={from}&to={to}{filters}");
        Assert.Equal(
            spot.GetProperty("traffic_rows").GetInt64(),
            counted.GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt64())
        );
        Assert.Equal(spot.GetProperty("rows").GetInt64(), spot.GetProperty("traffic_rows").GetInt64());

        var watched = (await WatchAsync(model, 1)).GetProperty("slices")[0];
        Assert.Equal(
            spot.GetProperty("text").GetString()!.Replace(" = ", " is ", StringComparison.Ordinal),
            watched.GetProperty("name").GetString()
        );
        Assert.Equal(
            new[] { "BR", conditions["amount"].GetProperty("from").GetRawText() }.Order(StringComparer.Ordinal),
            watched
                .GetProperty("where")
                .EnumerateArray()
                .Select(condition =>
                    condition.TryGetProperty("is", out var value) ? value.GetString()! : condition.GetProperty("from").GetRawText()
                )
                .Order(StringComparer.Ordinal)
        );
        await WatchAsync(model, 1, HttpStatusCode.Conflict);

        // The windows that were searched are computed again: the slice has a history at once.
        await host.WaitUntilComputedAsync(model);
        var segments = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/segments?dimension=slice&from={from}&to={to}");
        Assert.Equal(
            spot.GetProperty("rows").GetInt64(),
            Assert.Single(segments.GetProperty("lines").EnumerateArray()).GetProperty("rows").GetInt64()
        );
        await WatchAsync(model, 99, HttpStatusCode.NotFound);

        await OtherLossesAsync(model, rows);
        Assert.DoesNotContain(await host.Get<ColdSpotSchedule>().DueAsync(default), due => due.Name == model);
    }

    // The same model, so that its 300 hours are posted once.
    private async Task OtherLossesAsync(string model, List<ColdSpotWorld.Row> rows)
    {
        // Without a subject the model is unsure.
        foreach (var loss in new[] { "uncertainty", "estimated_error" })
        {
            var unsure = (await _world.SearchAsync(model, new { loss })).GetProperty("result");
            Assert.Equal((loss, JsonValueKind.Null), (unsure.GetProperty("loss").GetString(), unsure.GetProperty("reason").ValueKind));
            var condition = Assert.Single(unsure.GetProperty("cold_spots")[0].GetProperty("conditions").EnumerateArray());
            Assert.Equal(("subject", "missing"), (condition.GetProperty("feature").GetString(), condition.GetProperty("kind").GetString()));
        }

        // It is as sure of the planted slice as of the rest, and less often right.
        var bold = (
            await _world.SearchAsync(
                model,
                new
                {
                    loss = "overconfidence",
                    days = 8,
                    version = "v1",
                }
            )
        ).GetProperty("result");
        Assert.Contains(
            bold.GetProperty("cold_spots").EnumerateArray(),
            spot => spot.GetProperty("text").GetString()!.Contains("country = BR", StringComparison.Ordinal)
        );

        // Long subjects are not clicked.
        await host.PostAsync(
            model,
            "signals",
            [
                .. rows.Where(row => row.Subject is null || row.Subject.Length < 40)
                    .Select(row =>
                        (object)
                            new
                            {
                                name = "click",
                                timestamp = _world.Now.AddDays(-1),
                                value = 1,
                                prediction_id = row.Id,
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var clicks = (await _world.SearchAsync(model, new { signal = "click" })).GetProperty("result");
        Assert.Equal(("signal", "click"), (clicks.GetProperty("loss").GetString(), clicks.GetProperty("signal").GetString()));
        var length = Assert.Single(clicks.GetProperty("cold_spots")[0].GetProperty("conditions").EnumerateArray());
        Assert.Equal(("subject", "length"), (length.GetProperty("feature").GetString(), length.GetProperty("kind").GetString()));
        Assert.InRange(length.GetProperty("from").GetDouble(), 36, 44);
        Assert.Equal(JsonValueKind.Null, clicks.GetProperty("cold_spots")[0].GetProperty("filters").ValueKind);
        Assert.Equal(
            length.GetProperty("from").GetDouble(),
            (await WatchAsync(model, 1)).GetProperty("slices")[1].GetProperty("where")[0].GetProperty("from").GetDouble()
        );
    }

    [Fact]
    public async Task The_absolute_error_of_a_regression_is_searched_too()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "regression",
                features = new { country = new { type = "categorical" }, amount = new { type = "numeric" } },
                window = "1d",
            }
        );
        var rows = ColdSpotWorld.Rows(2000, 21, 0.2);
        await _world.PutReferenceAsync(
            model,
            [
                .. rows.Select(row => new
                {
                    country = row.Country,
                    amount = row.Amount,
                    answer = 1.0,
                }),
            ]
        );
        await host.AcceptAsync(
            model,
            "predictions",
            ColdSpotWorld.Lines(
                rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = _world.Now.AddDays(-4).AddMinutes(i),
                            features = new { country = row.Country, amount = row.Amount },
                            prediction = 10,
                        }
                )
            ),
            "application/x-ndjson"
        );
        var random = new RandomSource(5);
        await host.AcceptAsync(
            model,
            "ground-truth",
            ColdSpotWorld.Lines(
                rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = _world.Now.AddDays(-1),
                    value = 10 + ((row.Country == "CL" ? 3 : 1) * random.NextGaussian()),
                })
            ),
            "application/x-ndjson"
        );
        await host.WaitUntilComputedAsync(model);
        var spot = (await _world.SearchAsync(model, new { })).GetProperty("result").GetProperty("cold_spots")[0];
        Assert.Equal("country = CL", spot.GetProperty("text").GetString());
        Assert.InRange(spot.GetProperty("difference").GetDouble(), 1.2, 2.0);
        var after = await WatchAsync(model, 1);
        Assert.Equal(("country", 0), (after.GetProperty("segments")[0].GetString(), after.GetProperty("slices").GetArrayLength()));
    }

    private async Task<JsonElement> WatchAsync(string model, int number, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await host.Client.PostAsync(new Uri($"/v1/models/{model}/cold-spots/{number}/watch", UriKind.Relative), null);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>Cold spots of real events: planted slices are found with their numbers, whatever makes a row bad.</summary>
public sealed class ColdSpotTests(TestHost host)
{
    private static readonly string[] Countries = ["AR", "BR", "CL", "DE", "FR"];

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    private sealed record Row(string Id, string Country, double Amount, bool IsNew, string? Subject, double Score, bool Right)
    {
        public bool IsPlanted => Country == "BR" && Amount >= 70;
    }

    [Fact]
    public async Task A_planted_slice_is_found_with_its_numbers_examples_and_growth()
    {
        var (model, rows) = await WorldAsync();
        var view = await SearchAsync(model, new { });
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
    private async Task OtherLossesAsync(string model, List<Row> rows)
    {
        // Without a subject the model is unsure.
        foreach (var loss in new[] { "uncertainty", "estimated_error" })
        {
            var unsure = (await SearchAsync(model, new { loss })).GetProperty("result");
            Assert.Equal((loss, JsonValueKind.Null), (unsure.GetProperty("loss").GetString(), unsure.GetProperty("reason").ValueKind));
            var condition = Assert.Single(unsure.GetProperty("cold_spots")[0].GetProperty("conditions").EnumerateArray());
            Assert.Equal(("subject", "missing"), (condition.GetProperty("feature").GetString(), condition.GetProperty("kind").GetString()));
        }

        // It is as sure of the planted slice as of the rest, and less often right.
        var bold = (
            await SearchAsync(
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
                                timestamp = _now.AddDays(-1),
                                value = 1,
                                prediction_id = row.Id,
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(model);
        var clicks = (await SearchAsync(model, new { signal = "click" })).GetProperty("result");
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
        var rows = Rows(2000, 21, 0.2);
        await PutReferenceAsync(
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
            Lines(
                rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = _now.AddDays(-4).AddMinutes(i),
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
            Lines(
                rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = _now.AddDays(-1),
                    value = 10 + ((row.Country == "CL" ? 3 : 1) * random.NextGaussian()),
                })
            ),
            "application/x-ndjson"
        );
        await host.WaitUntilComputedAsync(model);
        var spot = (await SearchAsync(model, new { })).GetProperty("result").GetProperty("cold_spots")[0];
        Assert.Equal("country = CL", spot.GetProperty("text").GetString());
        Assert.InRange(spot.GetProperty("difference").GetDouble(), 1.2, 2.0);
        var after = await WatchAsync(model, 1);
        Assert.Equal(("country", 0), (after.GetProperty("segments")[0].GetString(), after.GetProperty("slices").GetArrayLength()));
    }

    [Fact]
    public async Task What_cannot_be_searched_is_said()
    {
        var model = await host.CreateModelAsync(new { task = "binary", features = new { country = new { type = "categorical" } } });
        Assert.Equal(
            JsonValueKind.Null,
            (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/cold-spots")).GetProperty("state").ValueKind
        );
        Assert.Contains(
            "no reference",
            (await SearchAsync(model, new { })).GetProperty("result").GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
        await PutReferenceAsync(model, [.. Rows(200, 3, 0.2).Select(row => new { country = row.Country, answer = "1" })]);
        Assert.Contains(
            "no answered predictions",
            (await SearchAsync(model, new { })).GetProperty("result").GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 50)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p{i}",
                                timestamp = _now.AddHours(-30),
                                features = new { country = "FR" },
                                prediction = "1",
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(model);
        Assert.Contains(
            "no",
            (await SearchAsync(model, new { loss = "error" })).GetProperty("result").GetProperty("reason").GetString()!,
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Contains(
            "confidence",
            (await SearchAsync(model, new { loss = "uncertainty" })).GetProperty("result").GetProperty("reason").GetString()!,
            StringComparison.Ordinal
        );
        // Deleting the model deletes what was found.
        var id = host.Get<ModelCatalog>().Find(model)!.Id;
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await host.Client.DeleteAsync(new Uri($"/v1/models/{model}", UriKind.Relative))).StatusCode
        );
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        Assert.False(await db.ColdSpotRuns.AnyAsync(row => row.ModelId == id));
    }

    [Theory]
    [InlineData("""{"days": 91}""", "days: 1 to 90")]
    [InlineData("""{"los": "error"}""", "los")]
    [InlineData("""{"loss": "nonsense"}""", "loss")]
    [InlineData("""{"loss": "signal"}""", "signal: the name")]
    [InlineData("""{"signal": "click"}""", "no signal 'click'")]
    [InlineData("""not json""", "optional")]
    public async Task A_request_that_cannot_be_used_is_refused_with_the_reason(string body, string says)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync(new Uri($"/v1/models/{model}/cold-spots", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("cold_spots_invalid", problem.GetProperty("code").GetString());
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_models_and_searches_that_do_not_run_are_404()
    {
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await host.Client.GetAsync(new Uri("/v1/models/nobody/cold-spots", UriKind.Relative))).StatusCode
        );
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var response = await host.Client.DeleteAsync(new Uri($"/v1/models/{model}/cold-spots", UriKind.Relative));
        Assert.Equal("no_search", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_search_can_be_stopped_and_a_model_has_one_at_a_time()
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;
        var jobs = host.Get<ColdSpotJobs>();
        var first = jobs.Start(model, new ColdSpotRequest())!;
        Assert.True(first.IsOpen);
        Assert.Equal(first.AskedAt, jobs.Start(model, new ColdSpotRequest(Days: 1))!.AskedAt);
        Assert.True(jobs.Cancel(model));
        await jobs.WaitAsync(model, TimeSpan.FromSeconds(30), default);
        Assert.Equal(JobState.Cancelled, jobs.Find(model)!.State);
        Assert.False(jobs.Cancel(model));
        Assert.Null((await host.Get<ColdSpotReader>().ReadAsync(model, default)).Result);
    }

    private async Task<JsonElement> WatchAsync(string model, int number, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await host.Client.PostAsync(new Uri($"/v1/models/{model}/cold-spots/{number}/watch", UriKind.Relative), null);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> SearchAsync(string model, object request)
    {
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/cold-spots", request);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(2);
        while (true)
        {
            var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/cold-spots");
            if (view.GetProperty("state").GetString() is not ("waiting" or "running"))
            {
                Assert.True(view.GetProperty("state").GetString() == "done", view.ToString());
                return view;
            }

            Assert.InRange(view.GetProperty("progress").GetDouble(), 0, 1);
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, view.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private async Task<(string Model, List<Row> Rows)> WorldAsync()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
                window = "1d",
                signals = new { click = new { kind = "rate", good = "up" } },
                features = new
                {
                    country = new { type = "categorical" },
                    amount = new { type = "numeric" },
                    is_new = new { type = "boolean" },
                    subject = new { type = "text" },
                    late = new { type = "numeric" },
                },
            }
        );
        await PutReferenceAsync(
            model,
            [
                .. Rows(3000, 11, 0.2)
                    .Select(row => new
                    {
                        country = row.Country,
                        amount = row.Amount,
                        is_new = row.IsNew,
                        subject = row.Subject,
                        answer = "1",
                        s = row.Score,
                        truth = row.Right ? "1" : "0",
                    }),
            ]
        );
        var rows = Rows(5000, 12, 0.2);
        await SendAsync(model, rows, -6);
        // Half as many from Brazil in the week before.
        await SendAsync(model, [.. Rows(2500, 13, 0.1).Select(row => row with { Id = "before-" + row.Id })], -12);
        await host.AcceptAsync(
            model,
            "ground-truth",
            Lines(
                rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = _now.AddDays(-1),
                    value = row.Right ? "1" : "0",
                })
            ),
            "application/x-ndjson"
        );
        await host.WaitUntilComputedAsync(model);
        return (model, rows);
    }

    private Task SendAsync(string model, List<Row> rows, int day) =>
        host.AcceptAsync(
            model,
            "predictions",
            Lines(
                rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = _now.AddDays(day).AddMinutes(i),
                            version = "v1",
                            features = new
                            {
                                country = row.Country,
                                amount = row.Amount,
                                is_new = row.IsNew,
                                subject = row.Subject,
                            },
                            prediction = "1",
                            score = row.Score,
                        }
                )
            ),
            "application/x-ndjson"
        );

    private static List<Row> Rows(int count, ulong seed, double brazil)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var country = random.NextDouble() < brazil ? "BR" : Countries[random.NextInt(4) is var c && c >= 1 ? c + 1 : c];
                    var amount = Math.Round(100 * random.NextDouble(), 2);
                    var hasSubject = random.NextInt(20) > 0;
                    var row = new Row(
                        $"{seed}-{i}",
                        country,
                        amount,
                        random.NextInt(2) == 0,
                        hasSubject ? new string('x', 1 + random.NextInt(60)) : null,
                        hasSubject ? 0.9 : 0.6,
                        false
                    );
                    return row with
                    {
                        Right =
                            random.NextDouble()
                            >= (
                                row.IsPlanted ? 0.5
                                : hasSubject ? 0.1
                                : 0.25
                            ),
                    };
                }),
        ];
    }

    private async Task PutReferenceAsync(string model, IReadOnlyList<object> rows)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Lines(rows)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var first = JsonSerializer.SerializeToElement(rows[0]);
        var columns =
            (first.TryGetProperty("s", out _) ? "&score=s" : "") + (first.TryGetProperty("truth", out _) ? "&ground_truth=truth" : "");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{model}/reference?prediction=answer{columns}", UriKind.Relative),
            content
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Lines(IEnumerable<object> rows) => string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));
}

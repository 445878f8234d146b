using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Explore;

/// <summary>Pages, counts and one decision, asked of the real server.</summary>
public sealed class ExploreEndpointTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Pages_of_any_size_and_order_hold_every_row_once()
    {
        var model = await FilledAsync();
        foreach (var sort in new[] { "timestamp", "-timestamp", "score", "-score", "-latency_ms" })
        {
            var seen = new List<JsonElement>();
            string? cursor = null;
            do
            {
                var page = await GetAsync(
                    $"/v1/models/{model}/predictions?sort={sort}&limit=7{(cursor is null ? "" : "&cursor=" + cursor)}"
                );
                seen.AddRange(page.GetProperty("predictions").EnumerateArray());
                cursor = page.GetProperty("next").GetString();
            } while (cursor is not null);
            Assert.Equal(60, seen.Count);
            Assert.Equal(60, seen.Select(row => row.GetProperty("prediction_id").GetString()).Distinct().Count());
            AssertOrdered(seen, sort.TrimStart('-'), sort.StartsWith('-'));
        }
    }

    [Theory]
    [InlineData("filter=amount:ge:50", 10)]
    [InlineData("filter=amount:lt:7&filter=country:eq:FR", 2)]
    [InlineData("filter=country:in:FR,DE", 40)]
    [InlineData("filter=country:missing", 1)]
    [InlineData("filter=country:ne:FR", 39)]
    [InlineData("filter=amount:type_error", 1)]
    [InlineData("filter=is_new:eq:true", 30)]
    [InlineData("filter=note:contains:ROW%207", 1)]
    [InlineData("filter=latency_ms:missing", 30)]
    [InlineData("filter=ground_truth:present", 20)]
    [InlineData("filter=correct:eq:false", 10)]
    [InlineData("filter=correct:eq:true", 10)]
    [InlineData("filter=prediction_id:eq:p-5", 1)]
    [InlineData("class=1", 30)]
    [InlineData("status=error", 6)]
    [InlineData("version=v2", 20)]
    [InlineData("segment=country%3DFR", 20)]
    [InlineData("from=2026-03-01T00:10:00Z&to=2026-03-01T00:20:00Z", 10)]
    [InlineData("from=1772323800000", 50)]
    [InlineData("filter=country:eq:FR'%20OR%201%3D1%20--", 0)]
    public async Task Filters_select_what_they_say(string query, int expected)
    {
        var model = await FilledAsync();
        var page = await GetAsync($"/v1/models/{model}/predictions?limit=1000&{query}");
        Assert.Equal(expected, page.GetProperty("predictions").GetArrayLength());
        var counts = await GetAsync($"/v1/models/{model}/prediction-counts?{query}");
        Assert.Equal(expected, counts.GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt64()));
    }

    [Theory]
    [InlineData("country")]
    [InlineData("prediction")]
    [InlineData("is_new")]
    [InlineData("amount")]
    [InlineData("latency_ms")]
    [InlineData("correct")]
    [InlineData("status")]
    public async Task A_value_of_a_facet_leads_to_as_many_predictions_as_it_says(string field)
    {
        var model = host.Get<ModelCatalog>().Find(await FilledAsync())!;
        var search = new PredictionSearch { Version = "v2" };
        var facet = await host.Get<Facets>().ReadAsync(model, search, SearchFields.Find(model, field)!, CancellationToken.None);
        Assert.Equal(20, facet.Rows);
        Assert.NotEmpty(facet.Values);
        foreach (var value in facet.Values)
        {
            var filters = string.Concat(value.Conditions.Select(condition => $"&filter={Uri.EscapeDataString(condition)}"));
            var page = await GetAsync($"/v1/models/{model.Name}/predictions?version=v2&limit=1000{filters}");
            Assert.Equal(value.Count, page.GetProperty("predictions").GetArrayLength());
        }
        // Where ground truth is still to come, nobody knows whether it was right; of all else every prediction is somewhere.
        if (field != "correct")
            Assert.Equal(20, facet.Values.Sum(value => value.Count));
    }

    [Fact]
    public async Task Counts_over_time_use_round_steps_and_split_by_class()
    {
        var model = await FilledAsync();
        var counts = await GetAsync($"/v1/models/{model}/prediction-counts?buckets=12");
        Assert.Equal(900, counts.GetProperty("step_seconds").GetDouble());
        Assert.Equal(8, counts.GetProperty("counts").GetArrayLength());
        Assert.All(
            counts.GetProperty("counts").EnumerateArray(),
            count => Assert.Equal(0, count.GetProperty("start").GetDateTimeOffset().Minute % 15)
        );
    }

    [Fact]
    public async Task One_decision_is_whole()
    {
        var model = await FilledAsync();
        await PostAsync(
            $"/v1/models/{model}/signals",
            new[]
            {
                new
                {
                    name = "click",
                    timestamp = Start.AddHours(2),
                    value = 1,
                    prediction_id = "p-0",
                },
            }
        );
        await host.WaitUntilComputedAsync(model);
        var decision = await GetAsync($"/v1/models/{model}/predictions/p-0");
        Assert.Equal("p-0", decision.GetProperty("prediction_id").GetString());
        Assert.Equal(Start, decision.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal(
            ("1", "ok", "v1", "primary"),
            (Text(decision, "prediction"), Text(decision, "status"), Text(decision, "version"), Text(decision, "role"))
        );
        var features = decision.GetProperty("features");
        Assert.Equal(JsonValueKind.Null, features.GetProperty("amount").ValueKind);
        Assert.Equal("\"unknown\"", decision.GetProperty("type_errors").GetProperty("amount").GetString());
        Assert.Equal(
            ("FR", true, "row 0"),
            (Text(features, "country"), features.GetProperty("is_new").GetBoolean(), Text(features, "note"))
        );
        Assert.Equal("a", Text(decision.GetProperty("metadata"), "tenant"));
        Assert.Equal("t-0", Text(decision, "trace_id"));
        Assert.Equal(["0", "1"], decision.GetProperty("ground_truth_history").EnumerateArray().Select(entry => Text(entry, "value")));
        Assert.Equal("1", Text(decision.GetProperty("ground_truth"), "value"));
        Assert.Equal("click", Text(Assert.Single(decision.GetProperty("signals").EnumerateArray()), "name"));
    }

    [Fact]
    public async Task An_id_with_slashes_and_percent_signs_is_found()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        const string Id = "a/b%2Fc d?é";
        await PostAsync(
            $"/v1/models/{model}/predictions",
            new[]
            {
                new
                {
                    prediction_id = Id,
                    timestamp = Start,
                    prediction = "1",
                    features = new { x = 1 },
                },
            }
        );
        await host.WaitUntilComputedAsync(model);
        Assert.Equal(Id, Text(await GetAsync($"/v1/models/{model}/predictions/{Uri.EscapeDataString(Id)}"), "prediction_id"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=-99999999999999", "from")]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to")]
    [InlineData("status=fine", "status")]
    [InlineData("sort=amount", "sort")]
    [InlineData("cursor=zzz", "cursor")]
    [InlineData("segment=amount%3D1", "segment")]
    [InlineData("columns=nothing", "columns")]
    [InlineData("filter=amount:gt:x", "filter")]
    [InlineData("colour=red", "colour")]
    [InlineData("version=a&version=b", "version")]
    public async Task A_wrong_search_is_told_by_field(string query, string field)
    {
        var model = await FilledAsync();
        using var response = await host.Client.GetAsync($"/v1/models/{model}/predictions?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("search_invalid", Text(problem, "code"));
        Assert.Contains(field, problem.GetProperty("errors").EnumerateArray().Select(error => Text(error, "field")));
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        var model = await FilledAsync();
        var page = await GetAsync($"/v1/models/{model}/predictions?limit=5");
        using var response = await host.Client.GetAsync(
            $"/v1/models/{model}/predictions?limit=5&sort=score&cursor={page.GetProperty("next").GetString()}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_model_without_predictions_has_an_empty_page_and_unknown_things_are_404()
    {
        var model = await host.CreateModelAsync(new { task = "regression", features = new { a = new { type = "numeric" } } });
        var page = await GetAsync($"/v1/models/{model}/predictions?columns=a");
        Assert.Equal(0, page.GetProperty("predictions").GetArrayLength());
        Assert.Equal(0, (await GetAsync($"/v1/models/{model}/prediction-counts")).GetProperty("counts").GetArrayLength());
        using var unknown = await host.Client.GetAsync($"/v1/models/{model}/predictions/none");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var noModel = await host.Client.GetAsync("/v1/models/never-made/predictions");
        Assert.Equal(HttpStatusCode.NotFound, noModel.StatusCode);
    }

    private static readonly string[] Countries = ["FR", "DE", "IT"];
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static string? _filled;

    // 60 predictions, one a minute; every second one of class 1 and new, countries in turn, every tenth failed.
    private async Task<string> FilledAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (_filled is not null)
                return _filled;
            var model = await host.CreateModelAsync(
                new
                {
                    task = "binary",
                    positive_class = "1",
                    segments = new[] { "country" },
                    features = new
                    {
                        amount = new { type = "numeric" },
                        country = new { type = "categorical" },
                        is_new = new { type = "boolean" },
                        note = new { type = "text" },
                    },
                },
                "explore"
            );
            await PostAsync(
                $"/v1/models/{model}/predictions",
                Enumerable
                    .Range(0, 60)
                    .Select(i => new
                    {
                        prediction_id = $"p-{i}",
                        timestamp = Start.AddMinutes(i),
                        version = i % 3 == 2 ? "v2" : "v1",
                        features = new
                        {
                            amount = i == 0 ? (object)"unknown" : i,
                            country = i == 59 ? null : Countries[i % 3],
                            is_new = i % 2 == 0,
                            note = string.Create(CultureInfo.InvariantCulture, $"row {i}"),
                        },
                        prediction = i % 2 == 0 ? "1" : "0",
                        score = i / 100.0,
                        latency_ms = i % 2 == 0 ? i : (int?)null,
                        status = i % 10 == 9 ? "error" : "ok",
                        trace_id = $"t-{i}",
                        metadata = new { tenant = "a" },
                    })
            );
            await PostAsync(
                $"/v1/models/{model}/ground-truth",
                Enumerable
                    .Range(0, 20)
                    .Select(i => new
                    {
                        prediction_id = $"p-{i}",
                        timestamp = Start.AddDays(1),
                        value = i == 0 ? "0" : "1",
                    })
            );
            await PostAsync(
                $"/v1/models/{model}/ground-truth",
                new[]
                {
                    new
                    {
                        prediction_id = "p-0",
                        timestamp = Start.AddDays(2),
                        value = "1",
                    },
                }
            );
            await host.WaitUntilComputedAsync(model);
            return _filled = model;
        }
        finally
        {
            Gate.Release();
        }
    }

    private async Task PostAsync(string path, object rows)
    {
        using var response = await host.Client.PostAsJsonAsync(path, rows);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        Assert.DoesNotContain("\"code\"", text, StringComparison.Ordinal);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await host.Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    // Rows without the value come last in both directions.
    private static void AssertOrdered(List<JsonElement> rows, string field, bool descending)
    {
        var values = rows.Select(row => row.GetProperty(field))
            .Select(value =>
                value.ValueKind switch
                {
                    JsonValueKind.Null => double.PositiveInfinity,
                    JsonValueKind.String => value.GetDateTimeOffset().ToUnixTimeMilliseconds() * (descending ? -1.0 : 1),
                    _ => value.GetDouble() * (descending ? -1 : 1),
                }
            )
            .ToArray();
        Assert.Equal(values.Order(), values);
    }
}

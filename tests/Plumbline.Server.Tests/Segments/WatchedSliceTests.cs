using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Segments;

/// <summary>Slices of conditions are segments: everything that is computed of a segment is computed of them.</summary>
public sealed class WatchedSliceTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[] Countries = ["BR", "FR", "O'Hara\\"];

    private sealed record Row(string Id, string Country, double? Amount, string? Subject, bool Right)
    {
        public bool IsLarge => Country == "BR" && Amount is >= 70.5 and < 95;

        public bool IsShort => Subject is { Length: < 4 };
    }

    [Fact]
    public async Task Points_of_a_slice_are_about_its_rows_and_slices_may_overlap()
    {
        var (model, rows) = await WorldAsync();
        foreach (
            var (name, of) in new (string, Func<Row, bool>)[]
            {
                ("large from BR", row => row.IsLarge),
                ("short", row => row.IsShort),
                ("no amount", row => row.Amount is null),
                ("quoted", row => row.Country == Countries[2]),
            }
        )
        {
            var own = rows.Where(of).ToList();
            Assert.True(own.Count >= 40, name);
            Assert.Equal(own.Count, (await PointAsync(model, "system.requests", name)).GetProperty("value").GetDouble());
            Assert.Equal(
                own.Average(row => row.Right ? 1.0 : 0.0),
                (await PointAsync(model, "performance.accuracy", name)).GetProperty("value").GetDouble(),
                1e-12
            );
            Assert.Equal(
                own.Average(row => row.Amount is null ? 1.0 : 0.0),
                (await PointAsync(model, "input.missing_rate", name, "amount")).GetProperty("value").GetDouble(),
                1e-12
            );
            Assert.Equal(
                own.Average(row => row.Right ? 1.0 : 0.0),
                (await PointAsync(model, "business.kept.rate", name)).GetProperty("value").GetDouble(),
                1e-12
            );
        }

        // Rows in no slice are no segment of that dimension.
        var table = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/segments?dimension=slice&from={Text(Start)}&to={Text(Start.AddHours(1))}"
        );
        Assert.Equal(
            ["slice=large from BR", "slice=no amount", "slice=quoted", "slice=short"],
            table
                .GetProperty("lines")
                .EnumerateArray()
                .Select(line => line.GetProperty("segment").GetString())
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_search_for_predictions_knows_a_slice_and_says_when_it_cannot_search_it()
    {
        var (model, rows) = await WorldAsync();
        var counts = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/prediction-counts?from={Text(Start)}&to={Text(Start.AddHours(1))}&segment="
                + $"{Uri.EscapeDataString("slice=large from BR")}"
        );
        Assert.Equal(
            rows.Count(row => row.IsLarge),
            counts.GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt64())
        );
        using var refused = await host.Client.GetAsync(
            $"/v1/models/{model}/predictions?from={Text(Start)}&to={Text(Start.AddHours(1))}&segment={Uri.EscapeDataString("slice=short")}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("cannot be searched", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var change = await host.Client.GetAsync($"/v1/models/{model}/change?dimension=slice");
        Assert.Equal(HttpStatusCode.BadRequest, change.StatusCode);
    }

    [Fact]
    public async Task What_was_declared_is_answered()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                slices = new object[]
                {
                    new
                    {
                        name = "young or new",
                        where = new object[] { new { feature = "age", to = 30.0 }, new { feature = "plan", @is = "pro" } },
                    },
                },
            }
        );
        var view = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}");
        Assert.Equal(
            """[{"name":"young or new","where":[{"feature":"age","to":30},{"feature":"plan","is":"pro"}]}]""",
            view.GetProperty("slices").GetRawText()
        );
    }

    [Theory]
    [InlineData("""{"name":"a=b","where":[{"feature":"x","from":1}]}""", "slices[0].name", "no '='")]
    [InlineData("""{"name":"","where":[{"feature":"x","from":1}]}""", "slices[0].name", "1 to 128")]
    [InlineData("""{"name":"a","where":[]}""", "slices[0].where", "1 to 5 conditions")]
    [InlineData("""{"name":"a","where":[{"feature":"x"}]}""", "slices[0].where", "one of: is, from and to, missing")]
    [InlineData(
        """{"name":"a","where":[{"feature":"x","from":1,"missing":true}]}""",
        "slices[0].where",
        "one of: is, from and to, missing"
    )]
    [InlineData("""{"name":"a","where":[{"feature":"x","from":2,"to":2}]}""", "slices[0].where", "from is below to")]
    [InlineData("""{"name":"a","where":[{"feature":"x","is":"2"}]}""", "slices[0].where", "takes from and to")]
    [InlineData("""{"name":"a","where":[{"feature":"plan","from":2}]}""", "slices[0].where", "takes is, or missing")]
    [InlineData("""{"name":"a","where":[{"from":2}]}""", "slices[0].where", "names a feature")]
    [InlineData(
        """{"name":"a","where":[{"feature":"x","from":1}]},{"name":"a","where":[{"feature":"x","from":1}]}""",
        "slices[1].name",
        "there twice"
    )]
    public async Task A_slice_that_cannot_be_is_refused_by_its_place(string slices, string field, string reason)
    {
        using var content = new StringContent(
            $$$"""{"task":"binary","features":{"x":{"type":"numeric"},"plan":{"type":"categorical"}},"slices":[{{{slices}}}]}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName()}", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray(),
            error =>
                error.GetProperty("field").GetString() == field
                && error.GetProperty("reason").GetString()!.Contains(reason, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_segment_called_slice_and_slices_exclude_each_other()
    {
        using var content = JsonContent.Create(
            new
            {
                task = "binary",
                segments = new[] { "slice" },
                slices = new object[] { new { name = "a", where = new object[] { new { feature = "x", from = 1.0 } } } },
            }
        );
        var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName()}", content);
        Assert.Contains("one or the other", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<(string Model, List<Row> Rows)> WorldAsync()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                segments = new[] { "country" },
                features = new Dictionary<string, object>
                {
                    ["country"] = new { type = "categorical" },
                    ["amount"] = new { type = "numeric" },
                    ["subject"] = new { type = "text" },
                },
                signals = new { kept = new { kind = "rate", good = "up" } },
                slices = new object[]
                {
                    new
                    {
                        name = "large from BR",
                        where = new object[]
                        {
                            new { feature = "country", @is = "BR" },
                            new
                            {
                                feature = "amount",
                                from = 70.5,
                                to = 95.0,
                            },
                        },
                    },
                    new { name = "short", where = new object[] { new { feature = "subject", to = 4.0 } } },
                    new { name = "no amount", where = new object[] { new { feature = "amount", missing = true } } },
                    new { name = "quoted", where = new object[] { new { feature = "country", @is = Countries[2] } } },
                },
            }
        );
        var random = new Random(5);
        var rows = Enumerable
            .Range(0, 900)
            .Select(i => new Row(
                $"p{i}",
                Countries[random.Next(3)],
                random.Next(10) == 0 ? null : random.NextDouble() * 100,
                random.Next(8) == 0 ? null : new string('ü', random.Next(1, 9)),
                random.Next(4) > 0
            ))
            .ToList();
        await host.PostAsync(
            model,
            "predictions",
            [
                .. rows.Select(
                    (row, i) =>
                        new
                        {
                            prediction_id = row.Id,
                            timestamp = Start.AddSeconds(i),
                            version = "v1",
                            prediction = "1",
                            score = 0.7,
                            features = new
                            {
                                country = row.Country,
                                amount = row.Amount,
                                subject = row.Subject,
                            },
                        }
                ),
            ]
        );
        await host.PostAsync(
            model,
            "ground-truth",
            [
                .. rows.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = Start.AddHours(2),
                    value = row.Right ? "1" : "0",
                }),
            ]
        );
        await host.PostAsync(
            model,
            "signals",
            [
                .. rows.Where(row => row.Right)
                    .Select(row => new
                    {
                        prediction_id = row.Id,
                        name = "kept",
                        timestamp = Start.AddHours(1),
                        value = 1,
                    }),
            ]
        );
        await host.WaitUntilComputedAsync(model);
        return (model, rows);
    }

    private async Task<JsonElement> PointAsync(string model, string metric, string slice, string? feature = null)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric={metric}&segment={Uri.EscapeDataString("slice=" + slice)}&from={Text(Start)}&to="
                + $"{Text(Start.AddHours(1))}{(feature is null ? "" : $"&feature={feature}")}"
        );
        var points = answer.GetProperty("points").EnumerateArray().ToList();
        Assert.True(points.Count == 1, $"{metric} of {slice}: {answer.GetRawText()}");
        return points[0];
    }

    private static string Text(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}

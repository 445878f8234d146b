using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Segments;

/// <summary>The segment table: who is worse off than before, weighted by traffic.</summary>
public sealed class SegmentTableTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_segment_that_got_worse_comes_first_and_small_ones_are_drawn_to_the_whole()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        // Two weeks: FR, DE, GB, ES are right in 90 %; in the second week ES in 60 %. Tiny IT is always wrong, with 40 rows on one day.
        await SendAsync(name, 0, ("FR", 600, 0.9), ("DE", 500, 0.9), ("GB", 400, 0.9), ("ES", 300, 0.9), ("IT", 40, 0.9));
        await SendAsync(name, 7, ("FR", 600, 0.9), ("DE", 500, 0.9), ("GB", 400, 0.9), ("ES", 300, 0.6), ("IT", 40, 0));

        var table = await TableAsync(name, "dimension=country");
        var lines = table.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal("country=ES", lines[0].GetProperty("segment").GetString());
        Assert.Equal(5, lines.Count);
        var spain = lines[0].GetProperty("metrics")[0];
        Assert.InRange(spain.GetProperty("change").GetDouble(), -0.31, -0.2);
        Assert.True(spain.GetProperty("change_upper").GetDouble() < 0);
        Assert.Equal(300 / 1840.0, lines[0].GetProperty("share").GetDouble(), 1e-9);
        var italy = lines.Single(line => line.GetProperty("segment").GetString() == "country=IT").GetProperty("metrics")[0];
        Assert.Equal(0, italy.GetProperty("raw").GetDouble());
        Assert.True(italy.GetProperty("value").GetDouble() > 0);
        Assert.True(italy.GetProperty("upper").GetDouble() - italy.GetProperty("lower").GetDouble() > 0.05);
        var france = lines.Single(line => line.GetProperty("segment").GetString() == "country=FR");
        Assert.Equal(0, france.GetProperty("harm").GetDouble(), 15.0);
    }

    [Fact]
    public async Task A_segment_that_was_not_there_before_is_ordered_by_how_far_it_is_from_what_all_rows_were()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        await SendAsync(name, 0, ("FR", 600, 0.9), ("DE", 500, 0.9));
        await SendAsync(name, 7, ("FR", 600, 0.9), ("DE", 500, 0.9), ("PT", 300, 0.4));
        var first = (await TableAsync(name, "dimension=country")).GetProperty("lines")[0];
        Assert.Equal("country=PT", first.GetProperty("segment").GetString());
        Assert.False(first.GetProperty("metrics")[0].TryGetProperty("change", out _));
        Assert.Equal(0.5 * 300, first.GetProperty("harm").GetDouble(), 15.0);
    }

    [Fact]
    public async Task What_certainly_got_worse_comes_before_a_larger_harm_that_may_be_chance_and_both_periods_have_interval_and_rows()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        await SendAsync(name, 0, ("FR", 4200, 0.9), ("ES", 280, 0.9));
        await SendAsync(name, 7, ("FR", 4200, 0.888), ("ES", 210, 0.72));
        var lines = (await TableAsync(name, "dimension=country")).GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(["country=ES", "country=FR"], lines.Select(line => line.GetProperty("segment").GetString()!));
        Assert.True(lines[1].GetProperty("harm").GetDouble() > lines[0].GetProperty("harm").GetDouble());
        var france = lines[1].GetProperty("metrics")[0];
        Assert.True(france.GetProperty("change_upper").GetDouble() > 0, "the larger harm is certain: the test shows nothing");
        var spain = lines[0].GetProperty("metrics")[0];
        Assert.Equal((210, 280), (spain.GetProperty("rows").GetInt32(), spain.GetProperty("before_rows").GetInt32()));
        Assert.InRange(
            spain.GetProperty("before").GetDouble(),
            spain.GetProperty("before_lower").GetDouble(),
            spain.GetProperty("before_upper").GetDouble()
        );
        Assert.Equal(0.9, spain.GetProperty("before_raw").GetDouble(), 0.005);
    }

    [Fact]
    public async Task Pages_and_crosses()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" }, plan = new { type = "categorical" } },
                segments = new[] { "country", "plan" },
                crosses = new[] { new[] { "country", "plan" } },
            }
        );
        await SendAsync(name, 7, ("FR", 300, 0.9), ("DE", 300, 0.5));
        Assert.Equal(["country=DE", "country=FR"], Segments(await TableAsync(name, "dimension=country")));
        Assert.Equal(
            ["country\u00d7plan=DE\u00d7free", "country\u00d7plan=FR\u00d7free"],
            Segments(await TableAsync(name, $"dimension={Uri.EscapeDataString("country\u00d7plan")}"))
        );
        // Half of the rows of the week, by the profiles of the cross itself.
        var cross = (await TableAsync(name, $"dimension={Uri.EscapeDataString("country\u00d7plan")}")).GetProperty("lines")[0];
        Assert.Equal((300, 0.5), (cross.GetProperty("rows").GetInt32(), cross.GetProperty("share").GetDouble()));
        var page = await TableAsync(name, "limit=1&offset=1");
        Assert.Single(page.GetProperty("lines").EnumerateArray());
        Assert.Equal(5, page.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task More_values_than_are_told_apart_are_pooled_and_said_so()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { tenant = new { type = "categorical" } },
                segments = new[] { "tenant" },
            }
        );
        await SendAsync(name, 7, [.. Enumerable.Range(0, 200).Select(i => ($"t{i}", 20, 0.9))]);
        var table = await TableAsync(name, "dimension=tenant&limit=500");
        Assert.Equal(["tenant"], table.GetProperty("pooled").EnumerateArray().Select(item => item.GetString()!));
        Assert.Equal(51, table.GetProperty("count").GetInt32());
        Assert.Equal(
            4000 - (50 * 20),
            table
                .GetProperty("lines")
                .EnumerateArray()
                .Single(line => line.GetProperty("segment").GetString() == "tenant=@other")
                .GetProperty("rows")
                .GetInt32()
        );
    }

    [Theory]
    [InlineData("dimension=planet")]
    [InlineData("metric=drift.psi")]
    [InlineData("limit=0")]
    [InlineData("offset=-1")]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-03-01T00:00:00Z&to=2026-02-01T00:00:00Z")]
    public async Task What_makes_no_sense_is_refused(string query)
    {
        var name = await host.CreateModelAsync(new { task = "binary", segments = new[] { "country" } });
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync($"/v1/models/{name}/segments?{query}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync($"/v1/models/{name}/change?{query}")).StatusCode);
    }

    [Fact]
    public async Task A_model_without_events_has_an_empty_table()
    {
        var name = await host.CreateModelAsync(new { task = "binary", segments = new[] { "country" } });
        Assert.Empty(Segments(await TableAsync(name, "dimension=country")));
    }

    /// <summary>
    /// A week from the given day: of each country so many rows, so many of them right; few rows on its first day, many on all days.
    /// </summary>
    private async Task SendAsync(string name, int day, params (string Country, int Rows, double Right)[] countries)
    {
        var rows = countries
            .SelectMany(country =>
                Enumerable
                    .Range(0, country.Rows)
                    .Select(i =>
                        (
                            Id: $"d{day}-{country.Country}-{i}",
                            country.Country,
                            At: Start.AddDays(day + (country.Rows > 40 ? i % 7 : 0)).AddMinutes(i % 600),
                            Right: (i * 7919 % country.Rows) < country.Right * country.Rows
                        )
                    )
            )
            .ToList();
        foreach (var part in rows.Chunk(1000))
        {
            await host.PostAsync(
                name,
                "predictions",
                [
                    .. part.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At,
                        version = "v1",
                        features = new
                        {
                            country = row.Country,
                            tenant = row.Country,
                            plan = "free",
                        },
                        prediction = "1",
                    }),
                ]
            );
            await host.PostAsync(
                name,
                "ground-truth",
                [
                    .. part.Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At.AddHours(1),
                        value = row.Right ? "1" : "0",
                    }),
                ]
            );
        }

        await host.WaitUntilComputedAsync(name);
    }

    private Task<JsonElement> TableAsync(string name, string query) =>
        host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{name}/segments?{query}&from={Start.AddDays(7).ToUnixTimeMilliseconds()}&to="
                + $"{Start.AddDays(14).ToUnixTimeMilliseconds()}"
        );

    private static IEnumerable<string> Segments(JsonElement table) =>
        table.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("segment").GetString()!);
}

using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Outcomes;

/// <summary>How ground truth comes in is learned from when it came.</summary>
public sealed class LabelMaturityTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Delays_and_what_ever_comes_are_learned()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        // 800 of 1,000 get ground truth: half after 90 minutes, the rest after 20 hours.
        await SendAsync(
            name,
            1000,
            i =>
                i % 10 < 4 ? TimeSpan.FromMinutes(90)
                : i % 10 < 8 ? TimeSpan.FromHours(20)
                : null
        );
        var maturity = await ReadAsync(name);
        Assert.Equal((1000, 800), (maturity.GetProperty("predictions").GetInt32(), maturity.GetProperty("labelled").GetInt32()));
        Assert.Equal(0.8, maturity.GetProperty("eventually").GetDouble(), 1e-9);
        Assert.Equal("2h", maturity.GetProperty("median_delay").GetString());
        Assert.Equal("1d", maturity.GetProperty("mature_age").GetString());
        Assert.Empty(maturity.GetProperty("selective").EnumerateArray());
    }

    [Fact]
    public async Task Labels_that_only_some_customers_get_are_told()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        await SendAsync(name, 1200, i => i % 3 == 0 || i % 12 == 1 ? TimeSpan.FromHours(1) : null);
        var selective = (await ReadAsync(name)).GetProperty("selective").EnumerateArray().First();
        Assert.Equal("country", selective.GetProperty("by").GetString());
        Assert.True(selective.GetProperty("total_variation").GetDouble() > 0.5);
        Assert.True(selective.GetProperty("p_value").GetDouble() < 1e-6);
    }

    [Fact]
    public async Task Too_few_labels_teach_nothing()
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        Assert.Equal(0, (await ReadAsync(name)).GetProperty("predictions").GetInt32());
        await SendAsync(name, 50, _ => TimeSpan.FromHours(1));
        Assert.False((await ReadAsync(name)).TryGetProperty("mature_age", out var age) && age.ValueKind != JsonValueKind.Null);
    }

    private async Task SendAsync(string name, int rows, Func<int, TimeSpan?> delay)
    {
        DateTimeOffset At(int i) => Start.AddMinutes(i);
        await host.PostAsync(
            name,
            "predictions",
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = At(i),
                        version = "v1",
                        features = new { country = i % 3 == 0 ? "FR" : "DE" },
                        prediction = "1",
                        score = 0.5 + (i / 10 % 5 / 20.0),
                    }),
            ]
        );
        await host.PostAsync(
            name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, rows)
                    .Where(i => delay(i) is not null)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = At(i) + delay(i)!.Value,
                        value = "1",
                    }),
            ]
        );
        await host.WaitUntilComputedAsync(name);
    }

    private Task<JsonElement> ReadAsync(string name) =>
        host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{name}/label-maturity?from={Start.ToUnixTimeMilliseconds()}&to={Start.AddDays(2).ToUnixTimeMilliseconds()}"
        );
}

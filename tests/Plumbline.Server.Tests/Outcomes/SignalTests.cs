using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Outcomes;

/// <summary>Business signals from the event to the number, whatever the order they come in.</summary>
public sealed class SignalTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 0, 0, TimeSpan.Zero);

    private static readonly object Specification = new
    {
        task = "binary",
        features = new { country = new { type = "categorical" }, plan = new { type = "categorical" } },
        segments = new[] { "country", "plan" },
        crosses = new[] { new[] { "country", "plan" } },
        signals = new
        {
            click = new
            {
                kind = "rate",
                good = "up",
                attribution_window = "1d",
            },
            basket = new
            {
                kind = "mean",
                good = "up",
                unit = "EUR",
            },
        },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rates_means_and_sums_are_of_the_predictions_whether_signals_come_before_or_after_them(bool signalsFirst)
    {
        var name = await host.CreateModelAsync(Specification);
        var predictions = Enumerable.Range(0, 200).Select(i => Prediction(i)).ToArray();
        // Every fourth is clicked, the 41st and 43rd twice; one click comes too late and one is for nobody that is known.
        var clicks = Enumerable
            .Range(0, 200)
            .Where(i => i % 4 == 0)
            .Select(i => Signal("click", $"p{i}", 1, Start.AddHours(2)))
            .Append(Signal("click", "p40", 1, Start.AddHours(3)))
            .Append(Signal("click", "p1", 1, Start.AddDays(3)))
            .Append(Signal("click", "nobody", 1, Start.AddHours(2)));
        var baskets = Enumerable.Range(0, 60).Select(i => Signal("basket", $"p{i}", i + 1, Start.AddHours(1)));
        var signals = clicks.Concat(baskets).ToArray();

        await host.PostAsync(name, signalsFirst ? "signals" : "predictions", signalsFirst ? signals : predictions);
        await host.WaitUntilComputedAsync(name);
        await host.PostAsync(name, signalsFirst ? "predictions" : "signals", signalsFirst ? predictions : signals);
        await host.WaitUntilComputedAsync(name);

        Assert.Equal(0.25, await ValueAsync(name, "business.click.rate"), 1e-12);
        Assert.Equal(51, await ValueAsync(name, "business.click.count"));
        Assert.Equal(30.5, await ValueAsync(name, "business.basket.mean"), 1e-12);
        Assert.Equal(1830, await ValueAsync(name, "business.basket.sum"), 1e-9);
        // Even rows are FR, and every fourth of all is every second of them; the others were never clicked.
        Assert.Equal(0.5, await ValueAsync(name, "business.click.rate", "country=FR"), 1e-12);
        Assert.Equal(0, await ValueAsync(name, "business.click.rate", "country=DE"));
        Assert.Equal(0.5, await ValueAsync(name, "business.click.rate", "country\u00d7plan=FR\u00d7pro"), 1e-12);
    }

    [Fact]
    public async Task The_same_signal_twice_counts_once()
    {
        var name = await host.CreateModelAsync(Specification);
        await host.PostAsync(name, "predictions", [.. Enumerable.Range(0, 100).Select(i => Prediction(i))]);
        object[] clicks = [.. Enumerable.Range(0, 40).Select(i => Signal("click", $"p{i}", 1, Start.AddHours(1)))];
        await host.PostAsync(name, "signals", clicks);
        await host.PostAsync(name, "signals", clicks);
        await host.WaitUntilComputedAsync(name);
        Assert.Equal(40, await ValueAsync(name, "business.click.count"));
        Assert.Equal(0.4, await ValueAsync(name, "business.click.rate"), 1e-12);
    }

    [Fact]
    public async Task Aggregates_without_a_prediction_count_in_their_own_window_and_segment()
    {
        var name = await host.CreateModelAsync(Specification);
        await host.PostAsync(name, "predictions", [.. Enumerable.Range(0, 200).Select(i => Prediction(i))]);
        await host.PostAsync(
            name,
            "signals",
            [
                new
                {
                    name = "escalation",
                    value = 12,
                    timestamp = Start.AddMinutes(20),
                    segment = "country=FR",
                },
                new
                {
                    name = "escalation",
                    value = 18,
                    timestamp = Start.AddMinutes(30),
                },
            ]
        );
        await host.WaitUntilComputedAsync(name);
        Assert.Equal(0.15, await ValueAsync(name, "business.escalation.rate"), 1e-12);
        Assert.Equal(0.12, await ValueAsync(name, "business.escalation.rate", "country=FR"), 1e-12);
    }

    [Fact]
    public async Task A_signal_that_was_never_declared_is_part_of_the_model_from_then_on_and_too_many_names_are_counted()
    {
        var name = await host.CreateModelAsync(Specification);
        await host.PostAsync(
            name,
            "signals",
            [
                .. Enumerable
                    .Range(0, 60)
                    .Select(i => new
                    {
                        name = $"s{i:00}",
                        value = 1,
                        timestamp = Start,
                    }),
            ]
        );
        await host.WaitUntilComputedAsync(name);
        var signals = (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}"))
            .GetProperty("signals")
            .EnumerateObject()
            .ToList();
        Assert.Equal(50, signals.Count);
        Assert.Equal(2, signals.Count(signal => signal.Value.GetProperty("declared").GetBoolean()));
        Assert.Equal("up", signals.Single(signal => signal.Name == "click").Value.GetProperty("good").GetString());
        var report = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{name}/signals?from={Start.AddDays(-1).ToUnixTimeMilliseconds()}&to={Start.AddDays(1).ToUnixTimeMilliseconds()}"
        );
        Assert.Equal(12, report.GetProperty("beyond_limit").GetInt64());
    }

    [Fact]
    public async Task What_came_for_nobody_or_too_late_is_told()
    {
        var name = await host.CreateModelAsync(Specification);
        await host.PostAsync(name, "predictions", [.. Enumerable.Range(0, 50).Select(i => Prediction(i))]);
        await host.PostAsync(
            name,
            "signals",
            [
                Signal("click", "p1", 1, Start.AddHours(1)),
                Signal("click", "p2", 1, Start.AddDays(4)),
                Signal("click", "nobody", 1, Start.AddHours(1)),
                Signal("click", "no-one", 1, Start.AddHours(1)),
            ]
        );
        await host.WaitUntilComputedAsync(name);
        var click = (
            await host.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/models/{name}/signals?from={Start.ToUnixTimeMilliseconds()}&to={Start.AddDays(7).ToUnixTimeMilliseconds()}"
            )
        )
            .GetProperty("signals")
            .EnumerateArray()
            .Single(signal => signal.GetProperty("name").GetString() == "click");
        Assert.Equal(
            (4, 1, 1, 2),
            (
                click.GetProperty("events").GetInt32(),
                click.GetProperty("attributed").GetInt32(),
                click.GetProperty("late").GetInt32(),
                click.GetProperty("unknown_prediction").GetInt32()
            )
        );
    }

    [Theory]
    [InlineData("""{"click":{"kind":"maybe"}}""", "signals.click.kind")]
    [InlineData("""{"click":{"kind":"rate","good":"left"}}""", "signals.click.good")]
    [InlineData("""{"click":{"kind":"rate","attribution_window":"100d"}}""", "signals.click.attribution_window")]
    public async Task A_signal_that_makes_no_sense_is_refused_with_its_field(string signals, string field)
    {
        using var content = new StringContent(
            $$"""{"task":"binary","signals":{{signals}}}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        var answer = await host.Client.PutAsync($"/v1/models/{host.NewModelName()}", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray(),
            error => error.GetProperty("field").GetString() == field
        );
    }

    private static object Prediction(int i) =>
        new
        {
            prediction_id = $"p{i}",
            timestamp = Start.AddSeconds(i),
            version = "v1",
            features = new { country = i % 2 == 0 ? "FR" : "DE", plan = "pro" },
            prediction = "1",
            score = 0.7,
        };

    private static object Signal(string name, string prediction, double value, DateTimeOffset at) =>
        new
        {
            name,
            prediction_id = prediction,
            value,
            timestamp = at,
        };

    private async Task<double> ValueAsync(string model, string metric, string segment = "")
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric={metric}&segment={Uri.EscapeDataString(segment)}&from="
                + $"{Start.ToUnixTimeMilliseconds()}&to={Start.AddHours(1).ToUnixTimeMilliseconds()}"
        );
        return Assert.Single(answer.GetProperty("points").EnumerateArray()).GetProperty("value").GetDouble();
    }
}

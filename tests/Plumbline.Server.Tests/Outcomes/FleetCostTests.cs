using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Outcomes;

/// <summary>The money of the fleet: the last complete 24 hours of each model against the same hours of the week before.</summary>
public sealed class FleetCostTests(TestHost host)
{
    private static readonly DateTimeOffset End = new(2026, 2, 20, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_hour_counts_with_its_predictions_and_hours_without_a_cost_with_the_mean_of_the_others()
    {
        var model = await PricedAsync();
        // 24 hours of 100 predictions; the last two hours have 400 and no cost yet. A week before: half the price.
        await WriteAsync(
            model,
            Enumerable
                .Range(0, 200)
                .SelectMany(back =>
                {
                    var start = End.AddHours(-back - 1);
                    double? cost =
                        back < 2 ? null
                        : back < 24 ? 50
                        : back < 168 ? 9999
                        : 25;
                    return new[] { Point("input.rows", start, back < 2 ? 400 : 100), Point("cost.realized_per_1000", start, cost) };
                })
        );
        var cost = (await host.Get<FleetCosts>().ReadAsync(CancellationToken.None))[model.Id];
        Assert.Equal(End, cost.To);
        Assert.False(cost.Estimated);
        Assert.Equal("EUR", cost.Currency);
        Assert.Equal(((22 * 100) + (2 * 400)) * 50 / 1000.0, cost.PerDay, 1e-9);
        Assert.Equal(24 * 100 * 25 / 1000.0, cost.WeekBefore!.Value, 1e-9);
    }

    [Fact]
    public async Task Expected_cost_goes_before_realised_and_is_compared_with_expected_only()
    {
        var model = await PricedAsync();
        await WriteAsync(
            model,
            Enumerable
                .Range(0, 200)
                .SelectMany(back =>
                {
                    var start = End.AddHours(-back - 1);
                    var estimate = Point("cost.estimated_per_1000", start, back < 24 ? 30 : null);
                    return new[] { Point("input.rows", start, 100), Point("cost.realized_per_1000", start, 50), estimate };
                })
        );
        var cost = (await host.Get<FleetCosts>().ReadAsync(CancellationToken.None))[model.Id];
        Assert.True(cost.Estimated);
        Assert.Equal(24 * 100 * 30 / 1000.0, cost.PerDay, 1e-9);
        Assert.Null(cost.WeekBefore);
    }

    [Fact]
    public async Task A_model_of_daily_windows_has_its_last_day_and_one_without_predictions_none()
    {
        var daily = await PricedAsync("1d");
        var silent = await PricedAsync();
        var day = new DateTimeOffset(2026, 2, 19, 0, 0, 0, TimeSpan.Zero);
        await WriteAsync(
            daily,
            [
                Point("input.rows", day, 1000, 24),
                Point("cost.realized_per_1000", day, 70, 24),
                Point("input.rows", day.AddDays(-7), 500, 24),
                Point("cost.realized_per_1000", day.AddDays(-7), 20, 24),
            ]
        );
        var costs = await host.Get<FleetCosts>().ReadAsync(CancellationToken.None);
        Assert.Equal((70, 10.0), (costs[daily.Id].PerDay, costs[daily.Id].WeekBefore!.Value));
        Assert.DoesNotContain(silent.Id, costs.Keys);
    }

    [Fact]
    public async Task Thresholds_price_decisions_as_the_metric_does()
    {
        var model = await PricedAsync();
        var start = new DateTimeOffset(2026, 2, 10, 4, 0, 0, TimeSpan.Zero);
        await host.PostAsync(
            model.Name,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 300)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = start.AddSeconds(i),
                        features = new { amount = 1 + (i % 7) },
                        prediction = i % 3 == 0 ? "1" : "0",
                        score = i % 3 == 0 ? 0.9 : 0.1,
                    }),
            ]
        );
        await host.PostAsync(
            model.Name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, 300)
                    .Select(i => new
                    {
                        prediction_id = $"p{i}",
                        timestamp = start.AddHours(1),
                        value = i % 5 == 0 ? "1" : "0",
                    }),
            ]
        );
        await host.WaitUntilComputedAsync(model.Name);
        var (from, to) = (start.ToUnixTimeMilliseconds(), start.AddHours(1).ToUnixTimeMilliseconds());
        var advice = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model.Name}/thresholds?from={from}&to={to}");
        var query = new MetricQuery
        {
            Metrics = ["cost.realized_per_1000"],
            From = start,
            To = start.AddHours(1),
        };
        var point = Assert.Single(await host.Get<MetricPointStore>().ReadAsync(model, query, CancellationToken.None));
        var own = advice.GetProperty("own_cost_per_1000");
        Assert.Equal(point.Value!.Value, own.GetProperty("value").GetDouble(), 1e-9);
        Assert.Equal(point.Lower!.Value, own.GetProperty("lower").GetDouble(), 1e-6);
        // Scores separate nothing: calling nothing positive costs the false negatives, 10 each, times the amounts.
        var nothing = advice.GetProperty("points").EnumerateArray().Last();
        var missed = Enumerable.Range(0, 300).Where(i => i % 5 == 0).Sum(i => 10 * (1 + (i % 7)));
        Assert.Equal(missed / 300.0 * 1000, nothing.GetProperty("cost_per_1000").GetProperty("value").GetDouble(), 1e-9);
        Assert.Equal(
            advice
                .GetProperty("points")
                .EnumerateArray()
                .Min(candidate => candidate.GetProperty("cost_per_1000").GetProperty("value").GetDouble()),
            advice.GetProperty("cheapest").GetProperty("cost_per_1000").GetProperty("value").GetDouble()
        );
    }

    private async Task<ModelDefinition> PricedAsync(string window = "1h") =>
        host.Get<ModelCatalog>()
            .Find(
                await host.CreateModelAsync(
                    new
                    {
                        task = "binary",
                        positive_class = "1",
                        window,
                        features = new { amount = new { type = "numeric" } },
                        cost = new
                        {
                            false_positive = 2.0,
                            false_negative = 10.0,
                            currency = "EUR",
                            value_feature = "amount",
                        },
                    }
                )
            )!;

    private Task WriteAsync(ModelDefinition model, IEnumerable<MetricPoint> points) =>
        host.Get<MetricPointStore>().WriteAsync(model.Id, [.. points], CancellationToken.None);

    private static MetricPoint Point(string metric, DateTimeOffset start, double? value, int hours = 1) =>
        new()
        {
            Metric = metric,
            WindowStart = start,
            WindowEnd = start.AddHours(hours),
            Value = value,
            N = 100,
            Status = value is null ? MetricStatus.InsufficientData : MetricStatus.Ok,
        };
}

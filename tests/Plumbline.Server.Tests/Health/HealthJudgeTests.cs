using Plumbline.Alerting.Health;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Server.Tests.Health;

public sealed class HealthJudgeTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_facts_nothing_is_judged() => Assert.All(HealthJudge.Judge(null), layer => Assert.Equal(HealthState.Unknown, layer.State));

    [Theory]
    [InlineData(0.02, 0.008, HealthState.Ok)]
    [InlineData(0.02, 0.012, HealthState.Watch)]
    [InlineData(0.07, 0.06, HealthState.Bad)]
    public void A_rate_counts_only_when_its_whole_interval_is_beyond_the_limit(double value, double lower, HealthState expected)
    {
        var layer = Layer(MetricLayer.System, Point("system.error_rate", 0, value, lower, value + 0.01, 5000));
        Assert.Equal(expected, layer.State);
        Assert.Contains("n 5,000", layer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_rows_are_said_instead_of_judged()
    {
        var layer = Layer(MetricLayer.System, Point("system.error_rate", 0, 0.5, 0.4, 0.6, 12), Point("system.requests", 0, 12, null, null, 12));
        Assert.Equal((HealthState.Unknown, "12 of 300 rows in a day"), (layer.State, layer.Reason));
    }

    [Fact]
    public void Accuracy_that_fell_within_its_interval_is_no_news()
    {
        MetricPoint[] before = [Point("performance.accuracy", 0, 0.87, 0.85, 0.89, 2000), Point("performance.accuracy", 1, 0.87, 0.85, 0.89, 2000)];
        Assert.Equal(HealthState.Ok, Layer(MetricLayer.Outcomes, [.. before, Point("performance.accuracy", 2, 0.84, 0.80, 0.88, 300)]).State);
        var fallen = Layer(MetricLayer.Outcomes, [.. before, Point("performance.accuracy", 2, 0.81, 0.79, 0.83, 2000)]);
        Assert.Equal(HealthState.Bad, fallen.State);
        Assert.StartsWith("accuracy 0.87 \u2192 0.81 (\u22126 points", fallen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_ground_truth_is_said_with_its_numbers()
    {
        var layer = Layer(MetricLayer.Outcomes, Point("performance.label_coverage", 0, 0.006, null, null, 2000), Point("performance.accuracy", 0, null, null, null, 12));
        Assert.Equal((HealthState.Unknown, "12 of 2,000 labels"), (layer.State, layer.Reason));
    }

    [Fact]
    public void A_leak_in_one_feature_is_found_beside_a_feature_that_is_always_half_empty()
    {
        var facts = new HealthFacts
        {
            ModelId = 1,
            Features = [new FeatureFact("input.missing_rate", "always_half", 0.5, 0.49, 5000, 0.49), new FeatureFact("input.missing_rate", "leaking", 0.2, 0.19, 5000, 0.01)],
        };
        var layer = HealthJudge.Judge(facts)[1];
        Assert.Equal((HealthState.Bad, "leaking"), (layer.State, layer.Feature));
    }

    [Fact]
    public void A_segment_that_goes_bad_does_not_hide_behind_a_fine_whole()
    {
        var facts = new HealthFacts
        {
            ModelId = 1,
            Days = [Point("performance.accuracy", 0, 0.9, 0.89, 0.91, 5000), Point("performance.accuracy", 1, 0.9, 0.89, 0.91, 5000)],
            Segment = new SegmentFact("country=BR", 0.6, 0.66, 240, 0.88),
        };
        var layer = HealthJudge.Judge(facts)[3];
        Assert.Equal(HealthState.Bad, layer.State);
        Assert.Contains("country=BR", layer.Reason, StringComparison.Ordinal);
    }

    private static LayerHealth Layer(MetricLayer layer, params MetricPoint[] days) =>
        HealthJudge.Judge(new HealthFacts { ModelId = 1, Days = days, RequestsOfDay = days.LastOrDefault(point => point.Metric == "system.requests")?.Value ?? 5000 }).Single(health => health.Layer == layer);

    private static MetricPoint Point(string metric, int day, double? value, double? lower, double? upper, long n) => new()
    {
        Metric = metric,
        WindowStart = Day.AddDays(day),
        WindowEnd = Day.AddDays(day + 1),
        Value = value,
        Lower = lower,
        Upper = upper,
        N = n,
        Status = value is null ? MetricStatus.InsufficientData : MetricStatus.Ok,
    };
}

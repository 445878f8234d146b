using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Metrics;

/// <summary>What is known of a metric is said once, beside its calculator, and is found by itself.</summary>
public sealed class KnownMetricsTests(TestHost host)
{
    [Fact]
    public void Every_metric_that_is_computed_is_known_and_no_other() =>
        Assert.Equal(
            host.Get<IEnumerable<IProfileCalculator>>()
                .SelectMany(calculator => calculator.Metrics)
                .Concat(host.Get<IEnumerable<IEventCalculator>>().SelectMany(calculator => calculator.Metrics))
                // Pulled, not computed.
                .Concat(MachineMetrics.All)
                .OrderBy(metric => metric.Layer)
                .ThenBy(metric => metric.Name, StringComparer.Ordinal)
                .Select(metric => metric.Name),
            KnownMetrics.All.Select(metric => metric.Name)
        );

    [Fact]
    public void Every_metric_has_a_title_of_its_own_that_people_can_read()
    {
        Assert.All(KnownMetrics.All, metric => Assert.NotEqual(metric.Name, metric.Title));
        Assert.Empty(
            KnownMetrics
                .All.GroupBy(metric => metric.Title, StringComparer.Ordinal)
                .Where(group => group.Count() > 1)
                .Select(group => group.Key)
        );
    }

    // A floor that is too high hides what matters, one that is too low wakes people for nothing: each was chosen, and is not to change by
    // the way.
    [Theory]
    [InlineData("system.error_rate", 0.002, 0.01)]
    [InlineData("system.latency_ms.p95", 80, 20)]
    [InlineData("input.missing_rate", 0.002, 0.01)]
    [InlineData("input.missing_rate", 0.3, 0.02)]
    [InlineData("input.missing_over_reference", 0, 0.02)]
    [InlineData("input.type_error_rate", 0, 0.001)]
    [InlineData("output.share", 0.05, 0.05)]
    [InlineData("output.share", 0.4, 0.1)]
    [InlineData("output.mean", 200, 30)]
    [InlineData("performance.accuracy", 0.9, 0.03)]
    [InlineData("performance.mae", 50, 5)]
    [InlineData("estimated.roc_auc", 0.9, 0.03)]
    [InlineData("system.requests", 1000, 100)]
    [InlineData("business.refund.sum", 1000, 100)]
    [InlineData("a.metric.of.former.times", 10, 1)]
    public void A_change_matters_from_the_floor_of_its_metric_on(string metric, double normal, double floor) =>
        Assert.Equal(floor, KnownMetrics.Of(metric).Floor.Of(normal), 12);

    [Theory]
    [InlineData("input.rows", MetricAspect.Traffic)]
    [InlineData("input.missing_over_reference", MetricAspect.Missing)]
    [InlineData("input.unseen_rate", MetricAspect.Unseen)]
    [InlineData("input.type_error_rate", MetricAspect.Types)]
    [InlineData("input.out_of_range_rate", MetricAspect.FeatureDrift)]
    [InlineData("drift.multivariate.domain_classifier", MetricAspect.FeatureDrift)]
    [InlineData("system.timeout_rate", MetricAspect.System)]
    [InlineData("output.entropy", MetricAspect.Outputs)]
    [InlineData("estimated.mae", MetricAspect.Performance)]
    [InlineData("cost.realized", MetricAspect.Other)]
    [InlineData("business.click.rate", MetricAspect.Other)]
    public void A_metric_speaks_of_one_thing(string metric, MetricAspect aspect) => Assert.Equal(aspect, KnownMetrics.Of(metric).Aspect);

    [Fact]
    public void Only_what_is_compared_with_ground_truth_waits_for_it() =>
        Assert.Equal(
            KnownMetrics.All.Where(metric => metric.NeedsGroundTruth).Select(metric => metric.Name),
            KnownMetrics
                .All.Select(metric => metric.Name)
                .Where(name =>
                    name.StartsWith("performance.", StringComparison.Ordinal)
                    || name.StartsWith("cost.realized", StringComparison.Ordinal)
                    || name == "estimated.error"
                )
        );

    [Theory]
    [InlineData(
        "binary",
        "performance.accuracy estimated.accuracy performance.roc_auc cost.realized_per_1000 cost.estimated_per_1000 "
            + "business.click.rate business.refund.mean system.error_rate output.confidence"
    )]
    [InlineData(
        "multiclass",
        "performance.accuracy estimated.accuracy cost.realized_per_1000 cost.estimated_per_1000 business.click.rate "
            + "business.refund.mean system.error_rate output.confidence"
    )]
    [InlineData(
        "regression",
        "performance.mae estimated.mae cost.realized_per_1000 business.click.rate business.refund.mean system.error_rate output.confidence"
    )]
    public void The_table_of_segments_has_the_columns_of_the_models_task(string task, string columns)
    {
        var model = new ModelDefinition
        {
            Id = 1,
            Name = "m",
            Task = Enum.Parse<ModelTask>(task, ignoreCase: true),
            Cost = new DecisionCost(1, 5, "EUR"),
            Signals = [SignalDefinition.Seen("click"), SignalDefinition.Seen("refund") with { Kind = SignalKind.Sum }],
        };
        Assert.Equal(columns.Split(' '), KnownMetrics.SegmentColumns(model).Select(metric => metric.Name));
        Assert.Equal(columns.Split(' ')[0], KnownMetrics.MainOf(model));
        Assert.DoesNotContain(
            KnownMetrics.SegmentColumns(model with { Cost = null }),
            metric => metric.Name.StartsWith("cost.", StringComparison.Ordinal)
        );
    }
}

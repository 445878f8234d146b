using Plumbline.Alerting;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Server.Tests.Health;

public sealed class LayerStatesTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Before_any_window_no_layer_can_be_judged() =>
        Assert.All(
            LayerStates.Of(null, null),
            layer => Assert.Equal((HealthState.Unknown, "no complete window yet"), (layer.State, layer.Reason))
        );

    [Theory]
    [InlineData(AlertSeverity.Critical, HealthState.Bad)]
    [InlineData(AlertSeverity.Warning, HealthState.Bad)]
    [InlineData(AlertSeverity.Digest, HealthState.Watch)]
    public void A_layer_is_as_bad_as_the_incident_that_people_are_told_of(AlertSeverity severity, HealthState expected)
    {
        var layers = LayerStates.Of(Facts(), new RuleFindings([Fires("input.missing_rate", "age", 0.4, severity)], []));
        Assert.Equal((expected, "age", (long?)7), (layers[1].State, layers[1].Feature, layers[1].IncidentId));
        Assert.All(layers.Where(layer => layer.Layer != MetricLayer.Inputs), layer => Assert.Equal(HealthState.Unknown, layer.State));
    }

    [Fact]
    public void What_fires_without_an_open_incident_is_worth_a_look_and_no_more()
    {
        var layer = LayerStates.Of(Facts(), new RuleFindings([Fires("system.error_rate", "", 0.2, severity: null)], []))[0];
        Assert.Equal((HealthState.Watch, (long?)null), (layer.State, layer.IncidentId));
    }

    [Fact]
    public void Drift_of_the_answers_belongs_to_the_outputs()
    {
        var layers = LayerStates.Of(Facts(), new RuleFindings([Fires("drift.calibrated", "@score", 2, AlertSeverity.Warning)], []));
        Assert.Equal((HealthState.Unknown, HealthState.Bad), (layers[1].State, layers[2].State));
    }

    [Fact]
    public void The_largest_change_by_its_own_floor_is_named_first_and_each_feature_once()
    {
        var layer = LayerStates.Of(
            Facts(),
            new RuleFindings(
                [
                    Fires("drift.calibrated", "income", 0.9, AlertSeverity.Warning),
                    Fires("input.missing_rate", "age", 0.6, AlertSeverity.Warning),
                    Fires("drift.calibrated", "age", 0.8, AlertSeverity.Warning),
                ],
                []
            )
        )[1];
        Assert.Equal("age", layer.Feature);
        Assert.Equal("age: missing values 0 % \u2192 60 %, n 600; income drifts by 0.9 standard deviations, n 600", layer.Reason);
    }

    [Fact]
    public void Quiet_rules_make_ok_and_what_could_not_be_judged_is_said()
    {
        var layer = LayerStates.Of(
            Facts() with
            {
                Drift = new LargestDrift("income", 0.04, 5000),
            },
            new RuleFindings(
                [],
                [
                    new LayerStreams(MetricLayer.Inputs, "input.missing_rate", StreamStatus.Inactive, 4, null),
                    new LayerStreams(MetricLayer.Inputs, "drift.calibrated", StreamStatus.CannotJudge, 3, "learning what is normal"),
                ]
            )
        )[1];
        Assert.Equal(
            (HealthState.Ok, "largest PSI 0.04 (income), n 5,000; Calibrated drift not judged: learning what is normal"),
            (layer.State, layer.Reason)
        );
    }

    [Fact]
    public void A_layer_none_of_whose_streams_can_be_judged_says_why()
    {
        var layer = LayerStates.Of(
            Facts(),
            new RuleFindings(
                [],
                [new LayerStreams(MetricLayer.Outcomes, "performance.accuracy", StreamStatus.CannotJudge, 1, "too few rows: 12 of 30")]
            )
        )[3];
        Assert.Equal((HealthState.Unknown, "too few rows: 12 of 30 (Accuracy)"), (layer.State, layer.Reason));
    }

    [Fact]
    public void Missing_ground_truth_is_said_with_its_numbers()
    {
        MetricPoint[] days = [Point("performance.label_coverage", 0.006, 2000), Point("performance.accuracy", null, 12)];
        var layer = LayerStates.Of(Facts(days), null)[3];
        Assert.Equal((HealthState.Unknown, "12 of 2,000 labels"), (layer.State, layer.Reason));
    }

    [Fact]
    public void Too_few_rows_are_said_instead_of_judged() =>
        Assert.Equal("12 of 300 rows in a day", LayerStates.Of(Facts() with { RequestsOfDay = 12 }, null)[0].Reason);

    private static HealthFacts Facts(params MetricPoint[] days) =>
        new()
        {
            ModelId = 1,
            Days = days,
            RequestsOfDay = 5000,
        };

    private static FiringAlert Fires(string metric, string feature, double value, AlertSeverity? severity)
    {
        var evidence = new AlertEvidence(value, 0, null, null, null, value, 600, Day, 3600, 1, severity is null);
        var alert = new AlertRow
        {
            ModelId = 1,
            Rule = "rule",
            Metric = metric,
            Feature = feature,
            Class = "",
            Segment = "",
            Version = "",
            Evidence = evidence.Write(),
        };
        return new FiringAlert(
            alert,
            severity is { } told
                ? new IncidentRow
                {
                    Id = 7,
                    ModelId = 1,
                    Severity = (int)told,
                    Headline = "",
                    Facts = "{}",
                }
                : null
        );
    }

    private static MetricPoint Point(string metric, double? value, long n) =>
        new()
        {
            Metric = metric,
            WindowStart = Day,
            WindowEnd = Day.AddDays(1),
            Value = value,
            N = n,
            Status = value is null ? MetricStatus.InsufficientData : MetricStatus.Ok,
        };
}

using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What a rule makes of one window after the other.</summary>
public sealed class RuleJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Rule Floor = new()
    {
        Name = "floor",
        Kind = ThresholdRule.Kind,
        Metric = "performance.accuracy",
        Value = 0.8,
        Direction = RuleDirection.Below,
        ForWindows = 2,
        OfWindows = 3,
    };

    [Fact]
    public void A_threshold_fires_when_enough_of_the_last_windows_are_beyond_it_with_their_whole_interval()
    {
        var seen = Evaluate(Floor, RuleDirection.Below, [0.9, 0.7, 0.9, 0.7, 0.7]);

        Assert.Equal(
            [StreamStatus.Inactive, StreamStatus.Pending, StreamStatus.Pending, StreamStatus.Firing, StreamStatus.Firing],
            seen.Select(step => step.State.Status)
        );
        var fired = Assert.Single(seen, step => step.Transition is not null).Transition!;
        Assert.True(fired.Fires);
        Assert.Equal(Start + (4 * Hour), fired.At);
        Assert.Equal(Start + Hour, fired.Onset);
        Assert.Equal(0.8, fired.Evidence.Expected);
        // 0.78 is below 0.8, its interval is not.
        Assert.DoesNotContain(Evaluate(Floor, RuleDirection.Below, [0.78, 0.78, 0.78]), step => step.Transition is not null);
    }

    [Fact]
    public void What_fires_ends_only_after_some_good_windows_in_a_row()
    {
        var seen = Evaluate(Floor, RuleDirection.Below, [0.7, 0.7, 0.9, 0.9, 0.7, 0.9, 0.9, 0.9]);

        Assert.Equal([1, 7], Enumerable.Range(0, seen.Count).Where(i => seen[i].Transition is not null));
        Assert.False(seen[7].Transition!.Fires);
        Assert.Equal(StreamStatus.Inactive, seen[7].State.Status);
    }

    [Fact]
    public void A_window_that_cannot_be_judged_says_why_and_ends_nothing()
    {
        var judge = new StreamEvaluator(
            Floor with
            {
                ForWindows = 1,
                OfWindows = 1,
            },
            RuleDirection.Below,
            Hour,
            Detector,
            ReferenceHistory.None
        );
        var (state, _) = judge.Evaluate(Key(Floor), new StreamState(), Start, Point(0, 0.9, n: 12), None);
        Assert.Equal((StreamStatus.CannotJudge, "too few rows: 12 of 30"), (state.Status, state.Reason));

        (state, _) = judge.Evaluate(Key(Floor), state, Start + Hour, Point(1, 0.5), None);
        Assert.Equal(StreamStatus.Firing, state.Status);
        for (var hour = 2; hour < 10; hour++)
        {
            (state, var transition) = judge.Evaluate(Key(Floor), state, Start + (hour * Hour), null, None);
            Assert.Null(transition);
        }

        Assert.Equal((StreamStatus.Firing, 8), (state.Status, state.Unjudged));
        Assert.Equal("no number for the last window", state.Reason);
    }

    [Fact]
    public void A_change_is_measured_against_the_same_hour_a_week_before()
    {
        var rule = Floor with
        {
            Kind = ChangeRule.Kind,
            Metric = "system.requests",
            Value = 0.5,
            Relative = true,
            Direction = RuleDirection.Below,
            ForWindows = 1,
            OfWindows = 1,
        };
        var judge = new StreamEvaluator(rule, RuleDirection.Below, Hour, Detector, ReferenceHistory.None);
        MetricPoint? Before(StreamKey key, DateTimeOffset start) => start == Start - TimeSpan.FromDays(7) ? Point(0, 100) : null;

        var (state, transition) = judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 40, interval: 0), Before);
        Assert.Equal((StreamStatus.Firing, 100), (state.Status, transition!.Evidence.Expected));
        (state, _) = judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 60, interval: 0), Before);
        Assert.Equal(StreamStatus.Inactive, state.Status);
        (state, _) = judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 60, interval: 0), None);
        Assert.Equal((StreamStatus.CannotJudge, "no number a week or a day before"), (state.Status, state.Reason));
    }

    [Fact]
    public void A_ratio_compares_a_version_with_another_in_the_same_window()
    {
        var rule = Floor with
        {
            Kind = RatioRule.Kind,
            Metric = "system.latency_ms.p95",
            Version = "v2",
            ThanVersion = "v1",
            Value = 1.5,
            Direction = RuleDirection.Above,
            ForWindows = 1,
            OfWindows = 1,
        };
        var judge = new StreamEvaluator(rule, RuleDirection.Above, Hour, Detector, ReferenceHistory.None);
        MetricPoint? Other(StreamKey key, DateTimeOffset start) => key.Version == "v1" ? Point(0, 20, interval: 0) : null;

        Assert.Equal(
            StreamStatus.Firing,
            judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 31, interval: 0), Other).State.Status
        );
        Assert.Equal(
            StreamStatus.Inactive,
            judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 29, interval: 0), Other).State.Status
        );
        Assert.Equal(
            "no number of version v1 to divide by",
            judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 29, interval: 0), None).State.Reason
        );
    }

    [Fact]
    public void Silence_is_news_only_at_an_hour_that_usually_has_predictions()
    {
        var rule = Floor with { Kind = AbsenceRule.Kind, Metric = "input.rows", Value = null, ForWindows = 1, OfWindows = 1, MinimumN = 0 };
        var judge = new StreamEvaluator(rule, RuleDirection.Either, Hour, Detector, ReferenceHistory.None);
        MetricPoint? Yesterday(StreamKey key, DateTimeOffset start) =>
            start == Start - TimeSpan.FromDays(1) ? Point(0, 50, interval: 0) : null;

        Assert.Equal(StreamStatus.Firing, judge.Evaluate(Key(rule), new StreamState(), Start, null, Yesterday).State.Status);
        Assert.Equal(StreamStatus.CannotJudge, judge.Evaluate(Key(rule), new StreamState(), Start, null, None).State.Status);
        Assert.Equal(
            StreamStatus.Inactive,
            judge.Evaluate(Key(rule), new StreamState(), Start, Point(0, 3, interval: 0), Yesterday).State.Status
        );
    }

    [Fact]
    public void A_rare_class_that_becomes_forty_times_as_frequent_is_not_small()
    {
        var rule = new Rule
        {
            Name = "answers",
            Kind = AnomalyRule.Kind,
            Metric = "output.share",
        };
        var random = new Random(3);
        var seen = Evaluate(
            rule,
            RuleDirection.Either,
            [.. Enumerable.Range(0, 72).Select(hour => (hour < 60 ? 0.002 : 0.08) * (1 + 0.2 * (random.NextDouble() - 0.5)))],
            interval: 0.004
        );
        var fired = Assert.Single(seen, step => step.Transition is { Fires: true }).Transition!;
        Assert.False(fired.Evidence.Small);
        Assert.True(fired.Onset >= Start + (59 * Hour));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(1e9)]
    [InlineData(-3e-7)]
    public void A_number_that_only_rounding_moves_never_fires(double constant)
    {
        var rule = new Rule
        {
            Name = "confidence",
            Kind = AnomalyRule.Kind,
            Metric = "output.confidence",
        };
        // The mean of so many equal numbers, summed up in another order each time.
        var seen = Evaluate(
            rule,
            RuleDirection.Either,
            [.. Enumerable.Range(0, 240).Select(hour => Enumerable.Repeat(constant, 100 + hour).Sum() / (100 + hour))],
            interval: 0
        );
        Assert.DoesNotContain(seen, step => step.Transition is not null);
        Assert.All(seen.Skip(100), step => Assert.Equal(1, step.State.LastPValue));
    }

    [Fact]
    public void A_drift_rule_learns_what_is_normal_then_finds_a_fall_and_tells_since_when()
    {
        var rule = Floor with { Kind = AnomalyRule.Kind, Value = null, Direction = RuleDirection.Auto };
        var random = new Random(7);
        var values = Enumerable.Range(0, 100).Select(i => (i < 72 ? 0.9 : 0.75) + (0.02 * (random.NextDouble() - 0.5))).ToArray();

        var seen = Evaluate(rule, RuleDirection.Below, values);

        Assert.All(seen.Take(48), step => Assert.Equal("learning what is normal", step.State.Reason));
        var fired = Assert.Single(seen, step => step.Transition is not null).Transition!;
        Assert.Equal(Start + (72 * Hour), fired.Onset);
        Assert.InRange((fired.At - fired.Onset).TotalHours, 1, 4);
        Assert.InRange(fired.Evidence.Effect!.Value, 0.12, 0.18);
        Assert.False(fired.Evidence.Small);
    }

    [Fact]
    public void A_rise_of_what_should_be_high_is_no_trouble_and_a_certain_but_small_fall_is_told_as_small()
    {
        var rule = Floor with { Kind = AnomalyRule.Kind, Value = null };
        var random = new Random(8);
        double Noise() => 0.004 * (random.NextDouble() - 0.5);

        Assert.DoesNotContain(
            Evaluate(rule, RuleDirection.Below, [.. Enumerable.Range(0, 100).Select(i => (i < 60 ? 0.8 : 0.9) + Noise())], interval: 0.004),
            step => step.Transition is not null
        );
        var small = Evaluate(
            rule,
            RuleDirection.Below,
            [.. Enumerable.Range(0, 120).Select(i => (i < 60 ? 0.9 : 0.885) + Noise())],
            interval: 0.004
        );
        Assert.True(Assert.Single(small, step => step.Transition is not null).Transition!.Evidence.Small);
    }

    [Fact]
    public void What_is_remembered_survives_being_stored()
    {
        var rule = Floor with { Kind = AnomalyRule.Kind, Value = null };
        var random = new Random(9);
        var values = Enumerable.Range(0, 90).Select(i => (i < 70 ? 0.9 : 0.8) + (0.02 * (random.NextDouble() - 0.5))).ToArray();

        var kept = Evaluate(rule, RuleDirection.Below, values);
        var stored = Evaluate(rule, RuleDirection.Below, values, restartEachTime: true);

        Assert.Equal(
            kept.Select(step => (step.State.Status, step.Transition?.Onset)),
            stored.Select(step => (step.State.Status, step.Transition?.Onset))
        );
    }

    private static AlarmDetector Detector { get; } = new(FalseAlarmBudget.Default.Threshold(Hour, 100));

    private static List<(StreamState State, StreamTransition? Transition)> Evaluate(
        Rule rule,
        RuleDirection direction,
        double[] values,
        double interval = 0.05,
        bool restartEachTime = false
    )
    {
        var judge = new StreamEvaluator(rule, direction, Hour, Detector, ReferenceHistory.None);
        var steps = new List<(StreamState State, StreamTransition? Transition)>();
        var state = new StreamState();
        for (var i = 0; i < values.Length; i++)
        {
            if (restartEachTime)
            {
                (judge, state) = (
                    new StreamEvaluator(rule, direction, Hour, Detector, ReferenceHistory.None),
                    StreamState.Read(state.Write())
                );
            }

            steps.Add(judge.Evaluate(Key(rule), state, Start + (i * Hour), Point(i, values[i], interval: interval), None));
            state = steps[^1].State;
        }

        return steps;
    }

    private static StreamKey Key(Rule rule) => new(rule.Name, rule.Metric, "", "", "", rule.Version);

    private static MetricPoint? None(StreamKey key, DateTimeOffset start) => null;

    private static MetricPoint Point(int hour, double value, long n = 500, double interval = 0.05) =>
        new()
        {
            Metric = "performance.accuracy",
            WindowStart = Start + (hour * Hour),
            WindowEnd = Start + ((hour + 1) * Hour),
            Value = value,
            N = n,
            Status = MetricStatus.Ok,
            Lower = interval > 0 ? value - interval : null,
            Upper = interval > 0 ? value + interval : null,
        };
}

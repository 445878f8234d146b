using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What a stream takes for normal: from which windows, when it is learned again, and what is never learned.</summary>
public sealed class LearningTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Normal_is_learned_after_two_days_and_again_after_four_seven_and_fourteen_and_then_stays()
    {
        var steps = Follow("performance.accuracy", Monday, 24 * 20, _ => 0.9);

        Assert.All(steps[..48], state => Assert.Equal((0, "learning what is normal"), (state.Generation, state.Reason)));
        Assert.Equal([48, 96, 168, 336], Enumerable.Range(1, steps.Count - 1).Where(i => steps[i].Generation > steps[i - 1].Generation));
        Assert.Equal((4, 336, Monday + (336 * Hour)), (steps[^1].Generation, steps[^1].InUse, steps[^1].LearnedAt));
        Assert.Equal(336, steps[^1].Learned.Count);
    }

    [Fact]
    public void A_share_of_few_rows_is_not_known_however_many_days_there_are()
    {
        var steps = Follow("performance.accuracy", Monday, 24 * 3, _ => 0.9, n: 30, rowsEvery: 12);

        Assert.All(steps, state => Assert.Equal(0, state.Generation));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(5, 8)]
    public void A_model_with_ordinary_working_days_and_weekends_alarms_at_none_of_them(int startsAfterMonday, int seed)
    {
        var random = new Random(seed);
        var steps = Follow(
            "output.share",
            Monday.AddDays(startsAfterMonday),
            24 * 60,
            start => (IsWeekend(start) ? 0.65 : 0.38) + (0.03 * (random.NextDouble() - 0.5))
        );

        Assert.DoesNotContain(steps, state => state.Status == StreamStatus.Firing);
        // Only days of a kind that was never seen are learned and not judged.
        Assert.All(steps.Skip(24 * 14), state => Assert.NotEqual(StreamStatus.CannotJudge, state.Status));
    }

    [Fact]
    public void An_ordinary_day_with_its_busy_hours_alarms_at_no_hour_and_a_day_of_twice_the_load_does()
    {
        var random = new Random(5);
        double Load(DateTimeOffset start) =>
            80 * (1 + (0.8 * Math.Max(0, Math.Cos(2 * Math.PI * (start.Hour - 13) / 24.0)))) * (1 + (0.05 * (random.NextDouble() - 0.5)));

        var quiet = Follow("system.latency_ms.p95", Monday, 24 * 30, Load, RuleDirection.Above, interval: 0);
        var slow = Follow(
            "system.latency_ms.p95",
            Monday,
            24 * 21,
            start => Load(start) * (start >= Monday.AddDays(20) ? 2 : 1),
            RuleDirection.Above,
            interval: 0
        );

        Assert.DoesNotContain(quiet, state => state.Status == StreamStatus.Firing);
        Assert.InRange(slow.FindIndex(state => state.Status == StreamStatus.Firing), 24 * 20, (24 * 20) + 5);
    }

    [Fact]
    public void An_outage_of_the_first_days_is_not_learned()
    {
        var steps = Follow(
            "system.error_rate",
            Monday,
            24 * 8,
            start =>
                start >= Monday.AddHours(30) && start < Monday.AddHours(38) ? 1
                : start >= Monday.AddDays(6) ? 0.2
                : 0.01,
            RuleDirection.Above,
            interval: 0.01
        );

        // With the outage in it, the first normal is 17 %, and 20 % would be nothing.
        var found = steps.FindIndex(state => state.Status == StreamStatus.Firing);
        Assert.InRange(found, 24 * 6, (24 * 6) + 6);
        Assert.InRange(steps[found].LastExpected!.Value, 0.005, 0.02);
    }

    [Fact]
    public void What_looks_like_trouble_is_learned_only_when_it_comes_to_nothing()
    {
        var steps = Follow(
            "performance.accuracy",
            Monday,
            24 * 8,
            start => start >= Monday.AddDays(5) && start < Monday.AddDays(5.5) ? 0.7 : 0.9
        );

        Assert.Contains(steps, state => state.Status == StreamStatus.Firing);
        Assert.DoesNotContain(steps[^1].Learned, window => window.Value < 0.8);
    }

    [Fact]
    public void What_gets_twice_as_bad_while_it_fires_is_told_again_and_ends_at_the_level_before()
    {
        var rule = Anomaly("performance.accuracy");
        var transitions = Transitions(
            rule,
            RuleDirection.Below,
            24 * 10,
            hour =>
                hour switch
                {
                    < 72 => 0.9,
                    < 120 => 0.85,
                    < 168 => 0.7,
                    < 200 => 0.85,
                    _ => 0.9,
                }
        );

        Assert.Equal([true, true, false], transitions.Take(3).Select(one => one.Fires));
        Assert.Equal([false, true], transitions.Take(2).Select(one => one.Evidence.Further));
        Assert.Equal(Monday + (120 * Hour), transitions[1].Onset);
        Assert.InRange((transitions[1].At - transitions[1].Onset).TotalHours, 1, 7);
        Assert.InRange(transitions[1].Evidence.Expected!.Value, 0.84, 0.86);
        Assert.InRange((transitions[2].At - (Monday + (168 * Hour))).TotalHours, 1, 12);
        // What is left of the first change is an alert again, until it is over too.
        Assert.False(transitions[^1].Fires);
        Assert.InRange((transitions[^1].At - (Monday + (200 * Hour))).TotalHours, 1, 12);
    }

    [Fact]
    public void Windows_that_alone_say_little_end_nothing_while_together_they_say_that_it_goes_on()
    {
        var random = new Random(11);
        // Two standard errors below: a single window is often unsurprising.
        var transitions = Transitions(
            Anomaly("performance.accuracy"),
            RuleDirection.Below,
            24 * 12,
            hour =>
                hour switch
                {
                    < 72 => 0.9,
                    < 82 => 0.8,
                    _ => 0.855,
                } + (0.02 * Gaussian(random)),
            interval: 0.045
        );

        Assert.True(Assert.Single(transitions).Fires);
    }

    [Fact]
    public void Where_production_is_as_the_reference_was_the_reference_is_what_is_normal()
    {
        // The first days were lucky, and of few rows.
        var random = new Random(2);
        var steps = Follow(
            "performance.accuracy",
            Monday,
            24 * 12,
            start => (start < Monday.AddDays(2) ? 0.885 : 0.87) + (0.06 * Gaussian(random)),
            n: 30,
            interval: 0.12,
            reference: Reference(0.87)
        );

        Assert.True(steps[^1].AsReference);
        Assert.DoesNotContain(steps, state => state.Status == StreamStatus.Firing);
    }

    [Fact]
    public void A_reference_on_which_the_model_is_better_than_it_ever_is_again_is_not_what_is_normal()
    {
        var steps = Follow("performance.accuracy", Monday, 24 * 12, _ => 0.87, reference: Reference(0.99));

        Assert.False(steps[^1].AsReference);
        Assert.DoesNotContain(steps, state => state.Status == StreamStatus.Firing);
    }

    [Fact]
    public void What_former_releases_stored_of_learned_windows_is_read()
    {
        var state = StreamState.Read("""{"learned":[{"start":"2026-03-02T00:00:00+00:00","value":0.5,"standardError":0.01}],"status":0}""");

        Assert.Equal(new LearnedWindow(Monday, 0.5, 0.01), Assert.Single(state.Learned));
        var learned = state with { Held = [new LearnedWindow(Monday + Hour, 1e-9, (float)0.125, 12)] };
        Assert.Equal(learned.Held, StreamState.Read(learned.Write()).Held);
    }

    private static bool IsWeekend(DateTimeOffset start) => start.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Rule Anomaly(string metric) =>
        new()
        {
            Name = metric,
            Kind = AnomalyRule.Kind,
            Metric = metric,
        };

    private static ReferenceHistory Reference(double accuracy)
    {
        var random = new Random(3);
        var windows = Enumerable
            .Range(0, 100)
            .Select(i => Point("performance.accuracy", Monday.AddDays(-30) + (i * Hour), accuracy + (0.02 * Gaussian(random)), 200, 0.04))
            .ToList();
        var whole = Point("performance.accuracy", Monday.AddDays(-30), accuracy, 20_000, 0.004);
        return new ReferenceHistory(
            7,
            new Dictionary<NormalStream, ReferenceNormal>
            {
                [new("performance.accuracy", "", "")] = new ReferenceNormal(windows, Hour, whole),
            }
        );
    }

    private static List<StreamState> Follow(
        string metric,
        DateTimeOffset from,
        int hours,
        Func<DateTimeOffset, double> value,
        RuleDirection direction = RuleDirection.Either,
        long n = 200,
        int rowsEvery = 1,
        double interval = 0.04,
        ReferenceHistory? reference = null
    )
    {
        var rule = Anomaly(metric);
        var evaluator = new StreamEvaluator(rule, direction, Hour, Detector, reference ?? ReferenceHistory.None);
        var steps = new List<StreamState>();
        var state = new StreamState();
        for (var hour = 0; hour < hours; hour++)
        {
            var start = from + (hour * Hour);
            var point = hour % rowsEvery == 0 ? Point(metric, start, value(start), n, interval) : null;
            (state, _) = evaluator.Evaluate(Key(rule), state, start, point, (_, _) => null);
            steps.Add(state);
        }

        return steps;
    }

    private static List<StreamTransition> Transitions(
        Rule rule,
        RuleDirection direction,
        int hours,
        Func<int, double> value,
        double interval = 0.02
    )
    {
        var evaluator = new StreamEvaluator(rule, direction, Hour, Detector, ReferenceHistory.None);
        var transitions = new List<StreamTransition>();
        var state = new StreamState();
        for (var hour = 0; hour < hours; hour++)
        {
            var start = Monday + (hour * Hour);
            (state, var transition) = evaluator.Evaluate(
                Key(rule),
                state,
                start,
                Point(rule.Metric, start, value(hour), 500, interval),
                (_, _) => null
            );
            if (transition is not null)
                transitions.Add(transition);
        }

        return transitions;
    }

    private static AlarmDetector Detector { get; } = new(FalseAlarmBudget.Default.Threshold(Hour, 100));

    private static StreamKey Key(Rule rule) => new(rule.Name, rule.Metric, "", "", "", "");

    private static MetricPoint Point(string metric, DateTimeOffset start, double value, long n, double interval) =>
        new()
        {
            Metric = metric,
            WindowStart = start,
            WindowEnd = start + Hour,
            Value = value,
            N = n,
            Status = MetricStatus.Ok,
            Lower = interval > 0 ? value - interval : null,
            Upper = interval > 0 ? value + interval : null,
        };
}

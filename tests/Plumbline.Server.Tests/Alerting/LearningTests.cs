using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;
using static Plumbline.Server.Tests.Alerting.StreamParts;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What a stream takes for normal: from which windows, when it is learned again, and what is never learned.</summary>
public sealed class LearningTests
{
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
    public void What_other_streams_show_while_something_urgent_fires_is_not_learned()
    {
        var (outage, accuracy) = (Anomaly("system.error_rate"), Anomaly("performance.accuracy"));
        var (from, to) = (Monday.AddHours(100), Monday.AddHours(130));
        double Errors(DateTimeOffset start) => start >= from && start < to ? 0.4 : 0.01;
        double Accuracy(DateTimeOffset start) => start >= from && start < to ? 0.93 : 0.9;

        var disturbed = new DisturbedTimes([]);
        var learned = new StreamState();
        var (errors, known) = (new StreamState(), (DateTimeOffset?)null);
        var first = new StreamEvaluator(outage, RuleDirection.Above, Hour, Detector, ReferenceHistory.None);
        var second = new StreamEvaluator(accuracy, RuleDirection.Below, Hour, Detector, ReferenceHistory.None);
        for (var start = Monday; start < Monday.AddDays(8); start += Hour)
        {
            (errors, var transition) = first.Evaluate(
                Key(outage),
                errors,
                start,
                Point(outage.Metric, start, Errors(start), 500, 0.01),
                None
            );
            if (transition is not null)
                disturbed.Add(transition);
            known ??= transition?.At;
            var point = Point(accuracy.Metric, start, Accuracy(start), 500, 0.03);
            (learned, _) = second.Evaluate(Key(accuracy), learned, start, point, None, disturbed.Holds(start, ""));
        }

        Assert.NotNull(known);
        // Until it was known that something is wrong it was learned; afterwards not, and again when it was over.
        Assert.Equal(known - from, learned.Learned.Count(window => window.Value > 0.92) * Hour);
        Assert.Contains(learned.Learned, window => window.Start > to.AddHours(12));

        static MetricPoint? None(StreamKey key, DateTimeOffset start) => null;
    }

    [Fact]
    public void What_goes_on_for_more_than_a_week_is_how_the_model_is()
    {
        var disturbed = new DisturbedTimes([
            new("", Monday, Monday + (3 * Hour), null),
            new("country=BR", Monday, Monday, Monday + (9 * Hour)),
        ]);

        Assert.False(disturbed.Holds(Monday + (2 * Hour), ""));
        Assert.True(disturbed.Holds(Monday + (3 * Hour), ""));
        Assert.True(disturbed.Holds(Monday + (167 * Hour), "plan=pro"));
        Assert.False(disturbed.Holds(Monday + (168 * Hour), ""));
        Assert.True(disturbed.Holds(Monday + (2 * Hour), "country=BR"));
        Assert.False(DisturbedTimes.Disturbs("drift.calibrated"));
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
}

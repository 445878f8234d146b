using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Silence is news only where so many predictions should have come that it is no chance.</summary>
public sealed class TrafficRhythmTests
{
    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Rule Absence = new()
    {
        Name = "no-predictions",
        Kind = AbsenceRule.Kind,
        Metric = "input.rows",
        ForWindows = 3,
        OfWindows = 3,
        MinimumN = 0,
    };

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(4)]
    [InlineData(40)]
    public void Little_traffic_round_the_clock_makes_no_alarm_in_sixty_days(double perHour)
    {
        for (var seed = 1; seed <= 5; seed++)
            Assert.Empty(Fired(60, seed, _ => perHour));
    }

    [Fact]
    public void Office_hours_make_no_alarm_at_night_nor_at_any_weekend_the_first_included()
    {
        for (var seed = 1; seed <= 5; seed++)
            Assert.Empty(Fired(60, seed, OfficeHours(60)));
    }

    [Theory]
    [InlineData(800, 3)]
    [InlineData(4, 8)]
    public void An_outage_round_the_clock_is_found_as_soon_as_it_is_no_chance(double perHour, int hours)
    {
        // From a Thursday of the third week on.
        var outage = Start.AddDays(17).AddHours(5);
        var fired = Fired(20, 7, at => at >= outage ? 0 : perHour);
        var first = Assert.Single(fired);
        Assert.InRange(first.At - outage, Hour, hours * Hour);
        Assert.InRange(first.Onset, outage - Hour, first.At);
    }

    [Fact]
    public void An_outage_in_the_first_week_and_one_on_a_working_morning_are_found()
    {
        var early = Start.AddDays(3).AddHours(4);
        Assert.InRange(Assert.Single(Fired(6, 8, at => at >= early ? 0 : 500)).At - early, Hour, 3 * Hour);
        var morning = Start.AddDays(22).AddHours(8);
        var usual = OfficeHours(60);
        Assert.InRange(Assert.Single(Fired(24, 9, at => at >= morning ? 0 : usual(at))).At - morning, Hour, 4 * Hour);
    }

    private static Func<DateTimeOffset, double> OfficeHours(double perHour) =>
        at => at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || at.Hour is < 8 or >= 18 ? 0 : perHour;

    private static List<StreamTransition> Fired(int days, int seed, Func<DateTimeOffset, double> perHour)
    {
        var random = new Random(seed);
        var rows = new Dictionary<DateTimeOffset, MetricPoint>();
        for (var at = Start; at < Start.AddDays(days); at += Hour)
        {
            if (Poisson(random, perHour(at)) is > 0 and var count)
                rows[at] = Point(at, count);
        }

        var evaluator = new StreamEvaluator(Absence, RuleDirection.Either, Hour, new AlarmDetector(1e6), ReferenceHistory.None);
        var (state, fired) = (new StreamState(), new List<StreamTransition>());
        var key = new StreamKey("no-predictions", "input.rows", "", "", "", "");
        for (var at = Start; at < Start.AddDays(days); at += Hour)
        {
            (state, var transition) = evaluator.Evaluate(
                key,
                state,
                at,
                rows.GetValueOrDefault(at),
                (_, start) => rows.GetValueOrDefault(start)
            );
            if (transition is { Fires: true })
                fired.Add(transition);
        }

        return fired;
    }

    private static MetricPoint Point(DateTimeOffset at, long rows) =>
        new()
        {
            Metric = "input.rows",
            Feature = "",
            Class = "",
            Segment = "",
            Version = "",
            WindowStart = at,
            WindowEnd = at + Hour,
            Value = rows,
            N = rows,
            Status = MetricStatus.Ok,
        };

    private static long Poisson(Random random, double mean)
    {
        if (mean > 100)
            return (long)mean;
        var (count, product, limit) = (-1L, 1.0, Math.Exp(-mean));
        do
        {
            count++;
            product *= random.NextDouble();
        } while (product > limit);
        return count;
    }
}

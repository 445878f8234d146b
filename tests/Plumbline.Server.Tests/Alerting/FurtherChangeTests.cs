using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Normals;
using static Plumbline.Server.Tests.Alerting.StreamParts;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>What becomes of a stream that fires: it gets worse, comes back to where it was, and ends.</summary>
public sealed class FurtherChangeTests
{
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
        // What is left of the first change goes on as it was told, until it is over too.
        Assert.True(transitions[2].Evidence.Further);
        Assert.Equal(transitions[0].Onset, transitions[^1].Onset);
        Assert.False(transitions[^1].Fires);
        Assert.InRange((transitions[^1].At - (Monday + (200 * Hour))).TotalHours, 1, 12);
    }

    [Fact]
    public void What_gets_worse_by_little_more_than_matters_is_told_when_a_day_of_windows_shows_it()
    {
        var random = new Random(7);
        var transitions = Transitions(
            Anomaly("performance.accuracy"),
            RuleDirection.Below,
            24 * 8,
            hour =>
                (
                    hour switch
                    {
                        < 72 => 0.9,
                        < 120 => 0.85,
                        _ => 0.77,
                    }
                ) + (0.08 * (random.NextDouble() - 0.5)),
            interval: 0.045
        );

        var further = Assert.Single(transitions, one => one.Evidence.Further);
        Assert.InRange((further.Onset - Monday).TotalHours, 117, 123);
        Assert.InRange((further.At - Monday).TotalHours, 126, 146);
    }

    [Fact]
    public void A_loss_by_days_of_many_rows_ends_with_the_first_day_that_surely_shows_less_than_half_of_it()
    {
        var day = TimeSpan.FromDays(1);
        var rule = Anomaly("performance.accuracy");
        var evaluator = new StreamEvaluator(rule, RuleDirection.Below, day, Detector, ReferenceHistory.None);
        var transitions = new List<StreamTransition>();
        var state = new StreamState();
        for (var i = 0; i < 30; i++)
        {
            var value = (i is >= 15 and < 20 ? 0.6 : 0.9) + (i % 2 == 0 ? 0.004 : -0.004);
            var point = Point(rule.Metric, Monday + (i * day), value, 400, 0.03);
            (state, var transition) = evaluator.Evaluate(Key(rule), state, Monday + (i * day), point, (_, _) => null);
            if (transition is not null)
                transitions.Add(transition);
        }

        Assert.Equal([true, false], transitions.Select(one => one.Fires));
        Assert.Equal(Monday + (15 * day), transitions[0].Onset);
        Assert.Equal(Monday + (21 * day), transitions[1].At);
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
}

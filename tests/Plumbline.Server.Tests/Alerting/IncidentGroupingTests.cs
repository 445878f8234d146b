using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Which alerts are one incident, and which are not.</summary>
public sealed class IncidentGroupingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_upstream_feature_is_one_incident_in_several_models_while_it_goes_on()
    {
        var leak = Alert("input.missing_rate", "amount", onset: 10, fired: 12, resolved: 40);
        Assert.True(Joins(Alert("input.missing_rate", "amount", onset: 11, fired: 13, model: 2), leak));
        Assert.False(Joins(Alert("input.missing_rate", "amount", onset: 90, fired: 92, model: 2), leak));
        Assert.False(Joins(Alert("input.missing_rate", "age", onset: 11, fired: 13, model: 2), leak));
    }

    [Fact]
    public void A_leak_and_the_drift_that_it_makes_are_one_and_a_later_drift_is_another()
    {
        var leak = Alert("input.missing_rate", "amount", onset: 10, fired: 12, resolved: 40);
        Assert.True(Joins(Alert("drift.calibrated", "amount", onset: 10, fired: 13), leak));
        Assert.False(
            Joins(
                Alert("drift.calibrated", "amount", onset: 60, fired: 70),
                leak,
                Alert("drift.calibrated", "amount", onset: 10, fired: 13, resolved: 42)
            )
        );
        Assert.False(
            Joins(
                Alert("drift.calibrated", "age", onset: 11, fired: 40, windows: 29),
                leak,
                Alert("drift.calibrated", "amount", onset: 10, fired: 13)
            )
        );
    }

    [Fact]
    public void What_begins_sharply_at_the_same_time_in_a_model_is_one()
    {
        var errors = Alert("system.error_rate", "", onset: 10, fired: 12);
        Assert.True(Joins(Alert("output.confidence", "", onset: 11, fired: 13), errors));
        Assert.False(Joins(Alert("output.confidence", "", onset: 30, fired: 32), errors));
        Assert.False(Joins(Alert("output.confidence", "", onset: 11, fired: 13, model: 2), errors));
        Assert.True(Joins(Alert("system.latency_ms.p95", "", onset: 11, fired: 13, model: 2), errors));
    }

    [Fact]
    public void A_slow_drift_is_not_the_loss_of_the_same_day_and_features_drift_slowly_together()
    {
        var drift = Alert("drift.calibrated", "age", onset: 5, fired: 20, windows: 15);
        Assert.False(Joins(Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400), drift));
        Assert.True(Joins(Alert("drift.calibrated", "amount", onset: 30, fired: 60, windows: 30), drift));
        Assert.False(
            Joins(Alert("output.confidence", "", onset: 6, fired: 9), Alert("drift.calibrated", "age", onset: 5, fired: 45, windows: 40))
        );
    }

    [Fact]
    public void What_was_weak_for_long_and_fires_after_a_sharp_beginning_was_tipped_over_by_it()
    {
        var errors = Alert("system.error_rate", "", onset: 20, fired: 22);
        Assert.True(Joins(Alert("performance.accuracy", "", onset: 8, fired: 24, windows: 16), errors));
        Assert.False(Joins(Alert("performance.accuracy", "", onset: 8, fired: 60, windows: 52), errors));
    }

    [Fact]
    public void A_stream_that_falls_sharply_again_hours_after_it_was_well_is_another_incident()
    {
        var release = Alert("performance.accuracy", "", onset: 10, fired: 12, resolved: 30);
        Assert.True(Joins(Alert("performance.accuracy", "", onset: 33, fired: 35), release));
        Assert.False(Joins(Alert("performance.accuracy", "", onset: 42, fired: 44), release));
        Assert.True(Joins(Alert("performance.accuracy", "", onset: 45, fired: 60, windows: 15), release));
    }

    [Fact]
    public void A_loss_that_takes_days_to_be_seen_belongs_to_what_goes_on_and_not_to_what_is_over()
    {
        var (release, concept) = (
            Alert("system.error_rate", "", onset: 3, fired: 5, resolved: 20),
            Alert("performance.accuracy", "", onset: 39, fired: 41)
        );
        var slow = Alert("performance.accuracy", "", onset: 0, fired: 72, segment: "plan=pro", seconds: 86_400, windows: 3);
        Assert.Equal(2, IncidentGrouping.Find(slow, [new(Incident(1), [release]), new(Incident(2), [concept])])?.Incident?.Id);
        Assert.Equal(1, IncidentGrouping.Find(slow, [new(Incident(1), [release])])?.Incident?.Id);
        var worse = Alert("performance.accuracy", "", onset: 0, fired: 72, segment: "country=BR", seconds: 86_400, windows: 3, effect: 2);
        Assert.Null(IncidentGrouping.Find(worse, [new(Incident(2), [concept])]));
        var sameDay = Alert(
            "performance.accuracy",
            "",
            onset: 24,
            fired: 72,
            segment: "country=BR",
            seconds: 86_400,
            windows: 2,
            effect: 2
        );
        Assert.Null(IncidentGrouping.Find(sameDay, [new(Incident(2), [concept])]));
        var alike = Alert("performance.accuracy", "", onset: 24, fired: 72, segment: "country=US", seconds: 86_400, windows: 2, effect: 1);
        Assert.Equal(2, IncidentGrouping.Find(alike, [new(Incident(2), [concept])])?.Incident?.Id);
    }

    [Fact]
    public void A_segment_that_loses_while_all_rows_lose_is_part_of_that_loss_whenever_it_shows()
    {
        var loss = Alert("performance.accuracy", "", onset: 20, fired: 23);
        Assert.True(
            Joins(Alert("performance.accuracy", "", onset: 48, fired: 120, segment: "plan=free", seconds: 86_400, windows: 3), loss)
        );
        Assert.False(
            Joins(
                Alert("performance.accuracy", "", onset: 48, fired: 120, segment: "plan=free", seconds: 86_400, windows: 3, effect: 2),
                loss
            )
        );
        Assert.False(
            Joins(
                Alert("performance.accuracy", "", onset: 48, fired: 120, segment: "plan=free", seconds: 86_400, windows: 3, model: 2),
                loss
            )
        );
        var over = Alert("performance.accuracy", "", onset: 20, fired: 23, resolved: 40);
        Assert.False(
            Joins(Alert("performance.accuracy", "", onset: 96, fired: 168, segment: "plan=free", seconds: 86_400, windows: 3), over)
        );
    }

    [Fact]
    public void A_segment_that_goes_bad_in_two_models_at_one_time_is_one_incident()
    {
        var one = Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400);
        Assert.True(Joins(Alert("performance.mae", "", onset: 48, fired: 96, segment: "country=BR", seconds: 86_400, model: 2), one));
        Assert.False(Joins(Alert("performance.mae", "", onset: 120, fired: 168, segment: "country=BR", seconds: 86_400, model: 2), one));
        Assert.False(Joins(Alert("performance.mae", "", onset: 48, fired: 96, segment: "country=DE", seconds: 86_400, model: 2), one));
    }

    [Fact]
    public void What_all_rows_lose_by_one_segment_is_that_segments_incident_whichever_is_seen_first()
    {
        // Of a hundred rows an hour four are the segment's: it must lose some twelve times as much.
        var much = Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400, effect: 20);
        var little = Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400, effect: 3);
        var whole = Alert("performance.accuracy", "", onset: 30, fired: 55);
        Assert.True(Joins(whole, much));
        Assert.False(Joins(whole, little));

        // Beside a release it is the release's at first, and comes along when the segment is seen.
        var release = Alert("system.error_rate", "", onset: 52, fired: 54);
        Assert.False(Joins(much, release, whole));
        Assert.True(IncidentGrouping.IsLossBy(much, whole));
        Assert.False(IncidentGrouping.IsLossBy(little, whole));
        Assert.False(IncidentGrouping.IsLossBy(much, release));
        var elsewhere = Alert("performance.mae", "", onset: 48, fired: 96, segment: "country=BR", seconds: 86_400, model: 2);
        Assert.False(Joins(much, release, whole, elsewhere));
        Assert.True(IncidentGrouping.IsLossBy(much, elsewhere));
        Assert.False(IncidentGrouping.IsLossBy(much, Alert("performance.accuracy", "", onset: 30, fired: 55, model: 2)));
    }

    [Fact]
    public void What_begins_with_a_later_member_did_not_begin_with_the_incident()
    {
        var (first, later) = (
            Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400),
            Alert("performance.accuracy", "", onset: 48, fired: 96, segment: "country=DE", seconds: 86_400)
        );
        var release = Alert("system.latency_ms.p95", "", onset: 51, fired: 53);
        Assert.True(Joins(release, later));
        Assert.False(Joins(release, first, later));
    }

    [Fact]
    public void What_begins_when_a_drift_comes_back_began_with_it()
    {
        var once = Alert("drift.calibrated", "age", onset: 0, fired: 10, resolved: 30, windows: 10);
        var again = Alert("drift.calibrated", "age", onset: 44, fired: 48, windows: 4);
        var answers = Alert("output.share", "", onset: 43, fired: 49, windows: 6);
        Assert.True(Joins(answers, once, again));
        var ongoing = Alert("drift.calibrated", "age", onset: 0, fired: 10, windows: 10);
        Assert.False(Joins(answers, ongoing, again));
    }

    [Fact]
    public void What_a_segment_loses_on_the_day_of_another_loss_is_that_and_not_the_leak_of_the_next_hour()
    {
        var loss = new AlertGroup(
            Incident(1),
            [Alert("performance.accuracy", "", onset: 1, fired: 5), Alert("performance.roc_auc", "", onset: 1, fired: 5)]
        );
        var leak = new AlertGroup(Incident(2), [Alert("input.missing_rate", "amount", onset: 24, fired: 27)]);
        var segment = Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BE", seconds: 86_400);
        // The newest first.
        Assert.Same(loss, IncidentGrouping.Find(segment, [leak, loss]));
    }

    [Fact]
    public void What_was_seen_before_something_else_began_did_not_begin_with_it()
    {
        var release = Alert("system.latency_ms.p95", "", onset: 48, fired: 53);
        Assert.False(Joins(Alert("performance.accuracy", "", onset: 24, fired: 48, segment: "country=BR", seconds: 86_400), release));
        Assert.True(Joins(Alert("performance.accuracy", "", onset: 24, fired: 72, segment: "country=BR", seconds: 86_400), release));
    }

    [Fact]
    public void A_further_change_of_a_stream_is_not_the_change_that_it_comes_on_top_of()
    {
        var first = Alert("performance.accuracy", "", onset: 0, fired: 10, resolved: 60);
        var further = Alert("performance.accuracy", "", onset: 60, fired: 66);
        Assert.True(Joins(further, first));
        further.Evidence = (further.Numbers with { Further = true }).Write();
        var told = Alert("performance.accuracy", "", onset: 60, fired: 66);
        told.Evidence = further.Evidence;
        Assert.False(Joins(told, first));
    }

    [Fact]
    public void A_drift_and_a_loss_by_the_day_are_one_where_the_model_has_no_shorter_windows_and_the_rows_are_the_same()
    {
        var drift = Shortest(Alert("drift.calibrated", "amount", onset: 0, fired: 48, seconds: 86_400));
        Assert.True(Joins(Shortest(Alert("performance.accuracy", "", onset: 24, fired: 72, seconds: 86_400)), drift));
        Assert.False(Joins(Shortest(Alert("performance.accuracy", "", onset: 48, fired: 96, seconds: 86_400)), drift));
        Assert.False(
            Joins(Shortest(Alert("performance.accuracy", "", onset: 0, fired: 48, segment: "country=BR", seconds: 86_400)), drift)
        );
        Assert.False(Joins(Shortest(Alert("performance.accuracy", "", onset: 0, fired: 48, seconds: 86_400, model: 2)), drift));
        Assert.False(Joins(Alert("performance.accuracy", "", onset: 0, fired: 48, seconds: 86_400), drift));
    }

    private static AlertRow Shortest(AlertRow alert)
    {
        alert.Evidence = (alert.Numbers with { Shortest = true }).Write();
        return alert;
    }

    private static IncidentRow Incident(long id) =>
        new()
        {
            Id = id,
            Headline = "",
            Facts = "",
        };

    private static bool Joins(AlertRow alert, params AlertRow[] members) =>
        IncidentGrouping.Find(alert, [new(Incident(1), members)]) is not null;

    private static AlertRow Alert(
        string metric,
        string feature,
        int onset,
        int fired,
        int? resolved = null,
        int model = 1,
        int windows = 2,
        string segment = "",
        int seconds = 3600,
        double effect = 1
    ) =>
        new()
        {
            ModelId = model,
            Rule = metric,
            Metric = metric,
            Feature = feature,
            Class = "",
            Segment = segment,
            Version = "",
            OnsetMs = Start.AddHours(onset).ToUnixTimeMilliseconds(),
            FiredMs = Start.AddHours(fired).ToUnixTimeMilliseconds(),
            ResolvedMs = resolved is { } hour ? Start.AddHours(hour).ToUnixTimeMilliseconds() : null,
            Evidence = new AlertEvidence(1, 0, null, null, null, effect, 100, Start, seconds, windows, false).Write(),
        };
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>From metric points to incidents, with the rules that every model has.</summary>
public sealed class IncidentTests(TestHost host)
{
    private const int Week = 7 * 24;

    [Fact]
    public async Task A_quiet_week_has_no_incident_and_its_rules_can_judge()
    {
        var world = await AlertingWorld.CreateAsync(host);
        await world
            .Rows(Week)
            .Series("performance.accuracy", Week, _ => 0.9)
            .Series("system.error_rate", Week, _ => 0.01, noise: 0.002, interval: 0.005)
            .Series("input.missing_rate", Week, _ => 0.04, "amount")
            .Series("output.share", Week, _ => 0.3, @class: "a")
            .EvaluateAsync();

        Assert.Empty(await world.IncidentsAsync());
        var standing = await host.Get<StreamReport>().ReadAsync(world.Model, TestContext.Current.CancellationToken);
        Assert.Equal(4, standing.CalibratedStreams);
        Assert.Equal(1, standing.Rules.Single(rule => rule.Rule == "accuracy").Inactive);
        // Nothing came for these: they do not say that all is well.
        Assert.Equal(0, standing.Rules.Single(rule => rule.Rule == "latency").Inactive);
    }

    [Fact]
    public async Task A_fall_of_performance_with_inputs_unmoved_is_one_incident_that_says_so_and_ends_by_itself()
    {
        var world = await AlertingWorld.CreateAsync(host, 2);
        await world
            .Rows(Week)
            .Series("performance.accuracy", Week, before => before is > 12 and <= 18 ? 0.78 : 0.9)
            .Series("input.missing_rate", Week, _ => 0.04, "amount")
            .EvaluateAsync(13);

        var open = Assert.Single(await world.IncidentsAsync());
        Assert.Equal((IncidentState.Open, AlertSeverity.Critical), (open.Incident.State, open.Incident.Severity));
        Assert.Equal(world.HoursBeforeEnd(18), open.Incident.Onset);
        Assert.Equal("concept_change", open.Incident.Summary.Causes[0].Kind);
        Assert.InRange(open.Incident.Summary.Impact!.Loss, 0.1, 0.14);
        Assert.True(open.Incident.Summary.Impact.LossLower > 0.08);
        Assert.NotEmpty(open.Incident.Summary.NextSteps);
        Assert.Equal(["first_sign", "detected", "notified"], open.Timeline.Select(note => note.Kind));
        Assert.Equal(1, await NotificationsAsync(open.Incident.Id));

        await world.EvaluateAsync();
        var ended = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(IncidentState.Resolved, ended.Incident.State);
        Assert.Equal(world.HoursBeforeEnd(12 - StreamEvaluator.QuietToResolve), ended.Incident.ResolvedAt);
        Assert.Equal(2, await NotificationsAsync(open.Incident.Id));
    }

    [Fact]
    public async Task Judging_in_many_small_steps_finds_what_one_step_finds_and_judging_again_adds_nothing()
    {
        var (once, often) = (await AlertingWorld.CreateAsync(host, 3), await AlertingWorld.CreateAsync(host, 3));
        foreach (var world in new[] { once, often })
        {
            world
                .Rows(Week)
                .Series("performance.accuracy", Week, before => before <= 30 ? 0.8 : 0.9)
                .Series("output.share", Week, before => before is <= 90 and > 60 ? 0.6 : 0.3, @class: "a");
        }

        await once.EvaluateAsync();
        for (var before = 150; before >= 0; before -= 7)
            await often.EvaluateAsync(before);
        await often.EvaluateAsync();
        await often.EvaluateAsync();

        var (expected, found) = (await once.IncidentsAsync(), await often.IncidentsAsync());
        Assert.Equal(2, expected.Count);
        Assert.Equal(
            expected.Select(detail =>
                (detail.Incident.Onset, detail.Incident.FiredAt, detail.Incident.State, detail.Incident.ResolvedAt, detail.Alerts.Count)
            ),
            found.Select(detail =>
                (detail.Incident.Onset, detail.Incident.FiredAt, detail.Incident.State, detail.Incident.ResolvedAt, detail.Alerts.Count)
            )
        );
    }

    [Fact]
    public async Task A_leak_upstream_that_hits_two_models_is_one_incident()
    {
        var (first, second) = (await AlertingWorld.CreateAsync(host, 4), await AlertingWorld.CreateAsync(host, 5));
        foreach (var world in new[] { first, second })
        {
            await world
                .Rows(Week)
                .Series("input.missing_rate", Week, before => before <= 20 ? 0.35 : 0.04, $"amount-{first.Model.Name}")
                .EvaluateAsync();
        }

        var incident = Assert.Single(await first.IncidentsAsync());
        Assert.Equal(incident.Incident.Id, Assert.Single(await second.IncidentsAsync()).Incident.Id);
        Assert.Equal([first.Model.Name, second.Model.Name], incident.Incident.Summary.Models);
        Assert.Equal(
            ("missing_values", $"amount-{first.Model.Name}"),
            (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject)
        );
        Assert.Equal(AlertSeverity.Warning, incident.Incident.Severity);
    }

    [Fact]
    public async Task Two_models_make_the_same_incidents_whichever_is_evaluated_first()
    {
        var apart = await TwoModelsAsync(together: false);
        var together = await TwoModelsAsync(together: true);

        Assert.Equal(2, together.Count);
        Assert.Equal(together, apart);
    }

    /// <summary>
    /// A leak in two models, and in one of them a loss of accuracy that begins days later and before the leak of the second is evaluated.
    /// </summary>
    private async Task<List<string>> TwoModelsAsync(bool together)
    {
        var (first, second) = (await AlertingWorld.CreateAsync(host, 14), await AlertingWorld.CreateAsync(host, 15));
        var feature = $"amount-{first.Model.Name}";
        AlertingWorld[] worlds = [first, second];
        foreach (var world in worlds)
        {
            world
                .Rows(2 * Week)
                .Series("input.missing_rate", 2 * Week, before => before is <= 90 and > 60 ? 0.35 : 0.04, feature)
                .Series("performance.accuracy", 2 * Week, before => world == first && before <= 40 ? 0.75 : 0.9);
        }

        foreach (var step in together ? Enumerable.Range(0, 12).Select(i => 88 - (8 * i)).Append(0) : [0])
        {
            foreach (var world in worlds)
                await world.EvaluateAsync(Math.Max(0, step));
        }

        return
        [
            .. (await first.IncidentsAsync())
                .Concat(await second.IncidentsAsync())
                .DistinctBy(one => one.Incident.Id)
                .Select(one =>
                    $"{first.End - one.Incident.Onset} {first.End - one.Incident.FiredAt} {one.Incident.State} "
                    + $"{first.End - one.Incident.ResolvedAt} "
                    + string.Join(
                        ',',
                        one.Alerts.Select(alert => $"{alert.Metric} {first.End - alert.Onset}").Order(StringComparer.Ordinal)
                    )
                ),
        ];
    }

    [Fact]
    public async Task A_loss_that_got_worse_and_comes_back_to_where_it_was_goes_on_as_it_was_told()
    {
        var world = await AlertingWorld.CreateAsync(host, 16);
        await world
            .Rows(2 * Week)
            .Series(
                "performance.accuracy",
                2 * Week,
                before =>
                    before switch
                    {
                        > 150 => 0.9,
                        > 90 => 0.85,
                        > 50 => 0.7,
                        _ => 0.85,
                    }
            )
            .EvaluateAsync();

        var incidents = await world.IncidentsAsync();
        Assert.Equal([IncidentState.Open, IncidentState.Resolved], incidents.Select(one => one.Incident.State));
        Assert.All(incidents, one => Assert.Single(one.Alerts));
        Assert.Null(incidents[0].Alerts[0].ResolvedAt);
        Assert.InRange(incidents[1].Incident.ResolvedAt!.Value, world.HoursBeforeEnd(49), world.HoursBeforeEnd(38));
    }

    [Fact]
    public async Task A_bad_release_is_named_and_what_it_moves_at_the_same_time_joins_it()
    {
        var world = await AlertingWorld.CreateAsync(host, 6);
        await world
            .Rows(2 * Week)
            .Rows(2 * Week, "v1", before => before <= 24 ? 0 : 800)
            .Rows(24, "v2")
            .Series("system.error_rate", 2 * Week, before => before <= 24 ? 0.12 : 0.01, noise: 0.002, interval: 0.01)
            .Series("output.confidence", 2 * Week, before => before <= 24 ? 0.75 : 0.9)
            .Series("performance.accuracy", 2 * Week, before => before <= 24 ? 0.8 : 0.9)
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(("version_rollout", "v2"), (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject));
        Assert.Equal(["v2"], incident.Incident.Summary.Versions);
        Assert.Equal(3, incident.Alerts.Count);
        Assert.Contains("v2", incident.Incident.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_holds_back_what_moves_because_of_it()
    {
        var world = await AlertingWorld.CreateAsync(host, 7);
        await world
            .Rows(2 * Week)
            .Series("system.error_rate", 2 * Week, before => before <= 40 ? 0.3 : 0.01, noise: 0.002, interval: 0.01)
            .Series("output.share", 2 * Week, before => before <= 20 ? 0.7 : 0.3, @class: "a")
            .EvaluateAsync();

        var incidents = await world.IncidentsAsync();
        Assert.Equal(2, incidents.Count);
        Assert.Null(incidents[0].Incident.InhibitedBy);
        Assert.Equal(incidents[0].Incident.Id, incidents[1].Incident.InhibitedBy);
    }

    [Fact]
    public async Task One_segment_that_goes_bad_is_named_from_its_days()
    {
        var world = await AlertingWorld.CreateAsync(
            host,
            8,
            new
            {
                task = "multiclass",
                label_delay = "1h",
                segments = new[] { "country" },
                features = new { country = new { type = "categorical" } },
            }
        );
        var day = TimeSpan.FromDays(1);
        var end = new DateTimeOffset(world.End.UtcDateTime.Date, TimeSpan.Zero);
        var points = new List<Plumbline.Monitoring.Metrics.MetricPoint>();
        for (var before = 10; before >= 1; before--)
        {
            foreach (
                var (metric, segment, value) in new[]
                {
                    ("input.rows", "", 2_000.0),
                    ("performance.accuracy", "country=FR", 0.9),
                    ("performance.accuracy", "country=BR", before <= 5 ? 0.5 : 0.89),
                }
            )
            {
                points.Add(
                    new()
                    {
                        Metric = metric,
                        Segment = segment,
                        WindowStart = end - (before * day),
                        WindowEnd = end - ((before - 1) * day),
                        Value = value,
                        Lower = value - 0.04,
                        Upper = value + 0.04,
                        N = 300,
                        Status = Plumbline.Monitoring.Metrics.MetricStatus.Ok,
                    }
                );
            }
        }

        await host.Get<Plumbline.Monitoring.Metrics.MetricPointStore>()
            .WriteAsync(world.Model.Id, points, TestContext.Current.CancellationToken);
        await world.Rows(240).Series("performance.accuracy", 240, _ => 0.89).EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(["country=BR"], incident.Incident.Summary.Segments);
        Assert.Equal(("segment", "country=BR"), (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject));
        Assert.Equal("country=BR", incident.Incident.Summary.Impact!.Segment);
    }

    [Fact]
    public async Task A_feature_that_drifts_without_loss_goes_to_the_digest()
    {
        var world = await AlertingWorld.CreateAsync(host, 9);
        var points = new List<Plumbline.Monitoring.Metrics.MetricPoint>();
        for (var before = Week; before >= 1; before--)
        {
            points.Add(
                new()
                {
                    Metric = "drift.calibrated",
                    Feature = "amount_of_one_model",
                    WindowStart = world.HoursBeforeEnd(before),
                    WindowEnd = world.HoursBeforeEnd(before - 1),
                    Value = before <= 30 ? 0.6 : 0.05,
                    PValue = before <= 30 ? 1e-6 : 0.5,
                    N = 800,
                    Status = Plumbline.Monitoring.Metrics.MetricStatus.Ok,
                }
            );
        }

        await host.Get<Plumbline.Monitoring.Metrics.MetricPointStore>()
            .WriteAsync(world.Model.Id, points, TestContext.Current.CancellationToken);
        await world.Rows(Week).Series("performance.accuracy", Week, _ => 0.9).EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(AlertSeverity.Digest, incident.Incident.Severity);
        Assert.Equal(["amount_of_one_model"], incident.Incident.Summary.Features);
        Assert.Equal("feature_drift", incident.Incident.Summary.Causes[0].Kind);
    }

    [Fact]
    public async Task People_acknowledge_comment_and_close()
    {
        var world = await AlertingWorld.CreateAsync(host, 10);
        await world.Rows(Week).Series("performance.accuracy", Week, before => before <= 20 ? 0.7 : 0.9).EvaluateAsync();
        var id = Assert.Single(await world.IncidentsAsync()).Incident.Id;

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await host.Client.PostAsJsonAsync($"/v1/incidents/{id}/acknowledge", new { comment = "on it" })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await host.Client.PostAsJsonAsync($"/v1/incidents/{id}/comments", new { comment = " " })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await host.Client.PostAsJsonAsync($"/v1/incidents/{id}/comments", new { comment = "rolled back" })).StatusCode
        );
        Assert.Equal(IncidentState.Acknowledged, Assert.Single(await world.IncidentsAsync()).Incident.State);
        Assert.Equal(HttpStatusCode.Created, (await host.Client.PostAsync($"/v1/incidents/{id}/silence?for=1h", null)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.PostAsync($"/v1/incidents/{id}/silence?for=never", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.PostAsync($"/v1/incidents/{id}/resolve", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync($"/v1/incidents/{id}/acknowledge", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.PostAsync("/v1/incidents/999999/resolve", null)).StatusCode);
        await world.EvaluateAsync();

        var closed = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(IncidentState.Resolved, closed.Incident.State);
        Assert.NotNull(closed.Incident.ResolvedBy);
        Assert.Contains("rolled back", closed.Timeline.Select(note => note.Text));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/v1/incidents?state=broken")).StatusCode);
        // Programs know what a person reads of it as its story.
        var answer = await host.Client.GetFromJsonAsync<JsonElement>("/v1/incidents?limit=500");
        var read = answer.GetProperty("incidents").EnumerateArray().Single(one => one.GetProperty("id").GetInt64() == id);
        Assert.Equal(world.Model.Name, read.GetProperty("story").GetProperty("models")[0].GetString());
        Assert.Contains(
            $"\"id\":{id}",
            await host.Client.GetStringAsync($"/v1/models/{world.Model.Name}/incidents?state=resolved&severity=critical"),
            StringComparison.Ordinal
        );
    }

    private async Task<int> NotificationsAsync(long incident)
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        return await db.Notifications.CountAsync(row => row.IncidentId == incident);
    }
}

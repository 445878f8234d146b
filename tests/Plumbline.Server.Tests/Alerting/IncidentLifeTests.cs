using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Alerting;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Outcomes.Costs;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>An incident lives as long as its cause does; people may say what belongs together and what is normal now.</summary>
public sealed class IncidentLifeTests(TestHost host)
{
    private const int Week = 7 * 24;

    [Fact]
    public async Task Drift_that_began_with_a_bad_release_does_not_hold_its_incident_open_after_the_rollback()
    {
        var world = await AlertingWorld.CreateAsync(host, 31);
        var feature = $"amount_{world.Model.Name}";
        await world
            .Rows(Week)
            .Rows(Week, "v1", before => before is <= 60 and > 40 ? 0 : 800)
            .Series("input.rows", 60, before => before > 40 ? 800 : 0, version: "v2", noise: 0, interval: 0)
            .Series("system.error_rate", Week, before => before is <= 60 and > 40 ? 0.12 : 0.01, noise: 0.002, interval: 0.01)
            .Drift(feature, Week, before => before <= 60)
            .EvaluateAsync();

        var incidents = await world.IncidentsAsync();
        Assert.Equal(2, incidents.Count);
        var release = incidents.Single(one => one.Incident.Summary.Causes[0].Kind == "version_rollout");
        Assert.Equal(IncidentState.Resolved, release.Incident.State);
        Assert.InRange(release.Incident.ResolvedAt!.Value, world.HoursBeforeEnd(40), world.HoursBeforeEnd(30));
        Assert.Contains("left", release.Timeline.Select(note => note.Kind));

        var drift = incidents.Single(one => one.Incident.Id != release.Incident.Id);
        Assert.Equal((IncidentState.Open, AlertSeverity.Digest), (drift.Incident.State, drift.Incident.Severity));
        Assert.Equal([feature], drift.Incident.Summary.Features);
        Assert.Contains("came", drift.Timeline.Select(note => note.Kind));
    }

    [Fact]
    public async Task The_onset_is_never_after_the_moment_it_was_found()
    {
        for (var seed = 40; seed < 46; seed++)
        {
            var world = await AlertingWorld.CreateAsync(host, seed);
            await world
                .Rows(Week)
                .Series("system.error_rate", Week, before => before <= 50 ? 0.3 : 0.01, noise: 0.002, interval: 0.01)
                .Series("output.confidence", Week, before => before <= 46 ? 0.75 : 0.9)
                .Series("performance.accuracy", Week, before => before <= 44 ? 0.7 : 0.9)
                .EvaluateAsync();
            Assert.All(await world.IncidentsAsync(), one => Assert.True(one.Incident.Onset <= one.Incident.FiredAt));
        }
    }

    [Fact]
    public async Task Two_measures_that_show_one_loss_at_different_times_are_one_incident()
    {
        var world = await AlertingWorld.CreateAsync(
            host,
            32,
            new
            {
                task = "binary",
                positive_class = "1",
                label_delay = "1h",
            }
        );
        // The area falls at once and is seen at once; accuracy falls a little and is seen days later.
        await world
            .Rows(Week)
            .Series("performance.roc_auc", Week, before => before <= 60 ? 0.75 : 0.9)
            .Series("performance.accuracy", Week, before => before <= 60 ? 0.87 : 0.9, interval: 0.04)
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(2, incident.Alerts.Count);
    }

    [Fact]
    public async Task Losses_of_incidents_that_overlap_add_up_to_what_the_model_lost()
    {
        var world = await AlertingWorld.CreateAsync(
            host,
            33,
            new
            {
                task = "multiclass",
                classes = new[] { "a", "b" },
                label_delay = "1h",
                cost = new { matrix = new { a = new { b = 1 }, b = new { a = 1 } }, currency = "EUR" },
            }
        );
        // One trouble from 100 hours before the end on, a second beside it from 50 on; each adds 100 per 1,000 decisions. A weekend went
        // before: what changes with the first one may be what weekends are like, and the second trouble may begin on a Saturday.
        static double Errors(int before) => (before <= 100 ? 0.1 : 0) + (before <= 50 ? 0.1 : 0);
        await world
            .Rows(2 * Week)
            .Series("performance.accuracy", 2 * Week, before => 0.9 - Errors(before), noise: 0.001)
            .Series("output.confidence", 2 * Week, before => before <= 50 ? 0.75 : 0.9)
            .Series(CostMetrics.RealizedPer1000, 2 * Week, before => 100 + (1000 * Errors(before)), noise: 1, interval: 5)
            .EvaluateAsync();

        var money = (await world.IncidentsAsync()).Select(one => one.Incident.Summary.Impact?.MoneyPerDay ?? 0).ToList();
        Assert.Equal(2, money.Count);
        // 800 decisions an hour: 19,200 a day, at 0.1 each.
        Assert.All(money, each => Assert.InRange(each, 1_700, 2_100));
        Assert.InRange(money.Sum(), 3_400, 19.2 * 200 * 1.02);
    }

    [Fact]
    public async Task What_an_open_incident_costs_is_worked_out_anew_as_windows_come()
    {
        var world = await AlertingWorld.CreateAsync(host, 38);
        await world.Rows(Week).Series("performance.accuracy", Week, before => before <= 60 ? 0.7 : 0.9).EvaluateAsync(44);
        var evaluation = host.Get<RuleEvaluation>();
        await evaluation.AssessAsync(TestContext.Current.CancellationToken);
        Assert.Equal(16 * 800, await LostAsync());
        // No alert begins or ends.
        await world.EvaluateAsync();
        await evaluation.AssessAsync(TestContext.Current.CancellationToken);
        Assert.Equal(60 * 800, await LostAsync());

        async Task<long> LostAsync() => Assert.Single(await world.IncidentsAsync()).Incident.Summary.Impact!.Rows;
    }

    [Fact]
    public async Task What_comes_back_soon_is_the_same_incident_and_counted()
    {
        var world = await AlertingWorld.CreateAsync(host, 34);
        await world
            .Rows(Week)
            .Series("performance.accuracy", Week, before => before is (<= 60 and > 50) or (<= 43 and > 35) ? 0.7 : 0.9)
            .EvaluateAsync(44);
        Assert.Equal(IncidentState.Resolved, Assert.Single(await world.IncidentsAsync()).Incident.State);
        await world.EvaluateAsync(38);

        var again = Assert.Single(await world.IncidentsAsync());
        Assert.Equal((IncidentState.Open, 1), (again.Incident.State, again.Incident.Regressions));
        Assert.Contains("regressed", again.Timeline.Select(note => note.Kind));
    }

    [Fact]
    public async Task A_canary_with_little_traffic_is_named_although_all_rows_hardly_move()
    {
        var world = await AlertingWorld.CreateAsync(host, 37);
        // 40 of 800 rows an hour, and 40 % of these fail: 2.2 % of all do.
        await world
            .Rows(Week)
            .Rows(Week, "v1", _ => 760)
            .Series("input.rows", 30, _ => 40, version: "v2", noise: 0, interval: 0)
            .Series("system.error_rate", Week, before => before <= 30 ? 0.0219 : 0.002, noise: 0, interval: 0.004)
            .Series("system.error_rate", Week, _ => 0.002, version: "v1", noise: 0, interval: 0.004, n: 760)
            .Series("system.error_rate", 30, _ => 0.4, version: "v2", noise: 0, interval: 0.15, n: 40)
            .EvaluateAsync(26);

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(("worse_version", "v2"), (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject));
        Assert.Equal(["v2"], incident.Incident.Summary.Versions);
        Assert.Equal(AlertSeverity.Critical, incident.Incident.Severity);
        Assert.Equal(world.HoursBeforeEnd(30), incident.Incident.Onset);
        Assert.Contains("version v2 is worse than the others", incident.Incident.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_of_four_rows_an_hour_is_named_by_all_its_rows_since_the_onset()
    {
        var world = await AlertingWorld.CreateAsync(host, 38);
        await world
            .Rows(Week, value: _ => 80)
            .Rows(Week, "v1", _ => 76)
            .Series("input.rows", 100, _ => 4, version: "v2", noise: 0, interval: 0)
            .Series("system.error_rate", Week, before => before <= 100 ? 0.0375 : 0.0125, noise: 0, interval: 0.02, n: 80)
            .Series("system.error_rate", Week, _ => 0.0132, version: "v1", noise: 0, interval: 0.02, n: 76)
            .Series("system.error_rate", 100, _ => double.NaN, version: "v2", n: 4)
            .EvaluateAsync(80);

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(("worse_version", "v2"), (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject));
        Assert.Equal(["v2"], incident.Incident.Summary.Versions);
        Assert.All(incident.Alerts, alert => Assert.Equal((world.Model.Name, null), (alert.Model, alert.Version)));
    }

    [Fact]
    public async Task People_assign_split_and_merge()
    {
        var world = await AlertingWorld.CreateAsync(host, 35);
        await world
            .Rows(2 * Week)
            .Series("output.confidence", 2 * Week, before => before <= 24 ? 0.75 : 0.9)
            .Series("performance.accuracy", 2 * Week, before => before <= 24 ? 0.8 : 0.9)
            .EvaluateAsync();
        var one = Assert.Single(await world.IncidentsAsync());
        var id = one.Incident.Id;

        await ExpectAsync(HttpStatusCode.NoContent, $"/v1/incidents/{id}/assign", new { to = "anna" });
        await ExpectAsync(HttpStatusCode.BadRequest, $"/v1/incidents/{id}/assign", new { to = "" });
        await ExpectAsync(HttpStatusCode.BadRequest, $"/v1/incidents/{id}/assign", new { whom = "anna" });
        await ExpectAsync(HttpStatusCode.BadRequest, $"/v1/incidents/{id}/split", new { alerts = one.Alerts.Select(alert => alert.Id) });
        await ExpectAsync(HttpStatusCode.BadRequest, $"/v1/incidents/{id}/split", new { alerts = new[] { 999_999_999 } });
        var split = await ExpectAsync(HttpStatusCode.Created, $"/v1/incidents/{id}/split", new { alerts = new[] { one.Alerts[0].Id } });
        var begun = split.GetProperty("id").GetInt64();

        var both = await world.IncidentsAsync();
        Assert.Equal(2, both.Count);
        Assert.All(both, each => Assert.Single(each.Alerts));
        Assert.Equal("anna", both.Single(each => each.Incident.Id == id).Incident.AssignedTo);

        await ExpectAsync(HttpStatusCode.BadRequest, $"/v1/incidents/{begun}/merge", new { into = begun });
        await ExpectAsync(HttpStatusCode.NotFound, $"/v1/incidents/{begun}/merge", new { into = 999_999_999 });
        await ExpectAsync(HttpStatusCode.OK, $"/v1/incidents/{begun}/merge", new { into = id });
        var merged = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(2, merged.Alerts.Count);
        Assert.Equal(["assigned", "left", "came", "merged"], merged.Timeline.Where(note => note.Who is not null).Select(note => note.Kind));
    }

    [Fact]
    public async Task A_new_normal_is_learned_and_on_record()
    {
        var world = await AlertingWorld.CreateAsync(host, 36);
        await world.Rows(2 * Week).Series("output.share", 2 * Week, before => before <= 120 ? 0.6 : 0.3, @class: "a").EvaluateAsync(100);
        var open = Assert.Single(await world.IncidentsAsync());
        var answer = await ExpectAsync(
            HttpStatusCode.OK,
            $"/v1/incidents/{open.Incident.Id}/new-normal",
            new { comment = "campaign goes on" }
        );
        Assert.Equal(1, answer.GetProperty("streams").GetInt32());
        await world.EvaluateAsync();

        var accepted = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(IncidentState.Resolved, accepted.Incident.State);
        Assert.All(accepted.Alerts, alert => Assert.NotNull(alert.ResolvedAt));
        Assert.Contains(accepted.Timeline, note => note.Kind == "new_normal" && note.Text.Contains("campaign", StringComparison.Ordinal));
        await ExpectAsync(HttpStatusCode.NotFound, "/v1/incidents/999999999/new-normal", new { });
    }

    private async Task<JsonElement> ExpectAsync(HttpStatusCode status, string path, object body)
    {
        using var answer = await host.Client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Alerts that a real Alertmanager tells of the infrastructure, beside an incident.</summary>
public sealed class InfrastructureAlertTests(TestHost host)
{
    private const string Webhook = "/v1/infrastructure-alerts";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fires_before_an_incident_is_put_beside_it_and_ends()
    {
        var onset = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddMinutes(-10);
        var (model, incident) = await IncidentAsync(onset);
        await using var alertmanager = await AlertmanagerProcess.StartAsync($"{new Uri(host.Address, Webhook)}", groupBy: "alertname");
        var http = alertmanager.Http;
        await TellAsync(http, "NodeOutOfMemory", onset.AddMinutes(-4), ("instance", "gpu-3"));
        await TellAsync(http, "PodRestarts", onset.AddMinutes(2), ("model", model));
        await TellAsync(http, "OfAnother", onset, ("model", "another-model"));
        await TellAsync(http, "PlumblineIncident", onset, ("model", model), ("incident", "1"));

        var beside = await UntilAsync(incident, alerts => alerts.Count == 2);
        Assert.Equal(
            [("NodeOutOfMemory", "4 min before"), ("PodRestarts", "2 min after")],
            beside.Select(alert => (alert.GetProperty("name").GetString()!, alert.GetProperty("when").GetString()!))
        );
        Assert.Equal("gpu-3", beside[0].GetProperty("labels").GetProperty("instance").GetString());
        Assert.Equal("NodeOutOfMemory is bad", beside[0].GetProperty("summary").GetString());
        Assert.Equal(JsonValueKind.Null, beside[0].GetProperty("ends_at").ValueKind);
        Assert.Equal(onset.AddMinutes(-4), beside[0].GetProperty("starts_at").GetDateTimeOffset());

        // Alertmanager says when it is over.
        await TellAsync(http, "NodeOutOfMemory", onset.AddMinutes(-4), onset.AddMinutes(5), ("instance", "gpu-3"));
        var ended = await UntilAsync(incident, alerts => alerts[0].GetProperty("ends_at").ValueKind != JsonValueKind.Null);
        Assert.Equal(onset.AddMinutes(5), ended[0].GetProperty("ends_at").GetDateTimeOffset());
        Assert.Equal(2, ended.Count);
    }

    [Fact]
    public async Task A_message_told_twice_is_taken_once_and_a_bad_one_not_at_all()
    {
        // Of a model that there is not, so that it is beside no incident of another test.
        var labels = new { alertname = host.NewModelName("alert"), model = "told-twice" };
        var alert = new
        {
            status = "firing",
            labels,
            startsAt = "2026-03-01T08:00:00Z",
            endsAt = "0001-01-01T00:00:00Z",
        };
        Assert.Equal(
            (1, 1),
            await TakenAsync(
                new
                {
                    version = "4",
                    notification_reason = "new",
                    alerts = new[] { alert, alert },
                }
            )
        );
        Assert.Equal((0, 1), await TakenAsync(new { alerts = new[] { alert } }));
        await RefusedAsync(new { alerts = (object?)null }, "alerts: a list");
        await RefusedAsync(new { alerts = new object?[] { alert, null } }, "alerts[1]");
        await RefusedAsync(new { alerts = new[] { new { status = "maybe", labels } } }, "status is firing or resolved");
        await RefusedAsync(new { alerts = new[] { new { status = "firing", labels } } }, "startsAt is needed");
        await RefusedAsync(new { alerts = new[] { new { status = "firing", startsAt = "2026-03-01T08:00:00Z" } } }, "labels are needed");
        await RefusedAsync(new { alerts = Enumerable.Repeat(alert, 1_001) }, "at most 1000");
        await RefusedAsync("no message", "no message of Alertmanager");
        using var unknown = await host.Client.GetAsync("/v1/incidents/987654321/infrastructure", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<(string Model, long Incident)> IncidentAsync(DateTimeOffset onset)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct);
        var row = new IncidentRow
        {
            ModelId = host.Get<ModelCatalog>().Find(model)!.Id,
            State = (int)IncidentState.Open,
            Severity = 1,
            // One that was told stays whatever alerts of other tests move; one without alerts would be tidied away.
            ToldSeverity = (int)AlertSeverity.Warning,
            OnsetMs = onset.ToUnixTimeMilliseconds(),
            FiredMs = onset.ToUnixTimeMilliseconds(),
            OpenedAtMs = onset.ToUnixTimeMilliseconds(),
            Facts = IncidentFacts.Empty.Write(),
        };
        db.Incidents.Add(row);
        await db.SaveChangesAsync(Ct);
        return (model, row.Id);
    }

    private static Task TellAsync(HttpClient http, string name, DateTimeOffset starts, params (string Name, string Value)[] labels) =>
        TellAsync(http, name, starts, TimeProvider.System.GetUtcNow().AddMinutes(30), labels);

    private static async Task TellAsync(
        HttpClient http,
        string name,
        DateTimeOffset starts,
        DateTimeOffset ends,
        params (string Name, string Value)[] labels
    )
    {
        var alert = new
        {
            labels = labels.Append(("alertname", name)).ToDictionary(label => label.Item1, label => label.Item2),
            annotations = new { summary = $"{name} is bad" },
            startsAt = starts,
            endsAt = ends,
        };
        using var response = await http.PostAsJsonAsync("/api/v2/alerts", new[] { alert }, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task<IReadOnlyList<JsonElement>> UntilAsync(long incident, Func<IReadOnlyList<JsonElement>, bool> holds)
    {
        for (var i = 0; ; i++)
        {
            var answer = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/incidents/{incident}/infrastructure", Ct);
            List<JsonElement> alerts = [.. answer.GetProperty("alerts").EnumerateArray()];
            if (alerts.Count > 0 && holds(alerts))
                return alerts;
            if (i >= 300)
                Assert.Fail($"After 30 s: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    private async Task<(int Taken, int Repeated)> TakenAsync(object message)
    {
        using var response = await host.Client.PostAsJsonAsync(Webhook, message, Ct);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return (answer.GetProperty("taken").GetInt32(), answer.GetProperty("repeated").GetInt32());
    }

    private async Task RefusedAsync(object message, string why)
    {
        using var response = await host.Client.PostAsJsonAsync(Webhook, message, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(why, await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }
}

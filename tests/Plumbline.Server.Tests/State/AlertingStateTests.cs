using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Notifications;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Ingestion.Sources;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.State;

/// <summary>Rules, incidents, deliveries and sources as they are stored, on every database that the state may be kept in.</summary>
[Collection(StateCollection.Name)]
public sealed class AlertingStateTests(StateDatabases databases)
{
    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Rules_are_ordered_switched_and_deleted_with_what_their_streams_remember(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var (ruleStore, model) = (world.Get<RuleStore>(), await world.DeclareAsync("m"));
        foreach (var name in (string[])["b", "B", "a-b", "ab", "Z"])
            Assert.True(await ruleStore.PutAsync(model, Rule(name), RuleSource.Api, "ann", default));
        Assert.True(await ruleStore.SwitchAsync(model, "ab", enabled: false, "bob", default));
        await using (var db = await world.OpenAsync())
        {
            db.AlertStreams.AddRange(
                Stream(model.Id, "b", "x", StreamStatus.CannotJudge, "too few rows: 12 of 30"),
                Stream(model.Id, "b", "y", StreamStatus.CannotJudge, "too few rows: 13 of 30"),
                Stream(model.Id, "b", "z", StreamStatus.Firing, "12 above 3"),
                Stream(model.Id, "Z", "x", StreamStatus.Inactive, ""),
                Stream(99, "b", "x", StreamStatus.Inactive, "")
            );
            await db.SaveChangesAsync();
        }

        var counts = await world.Get<AlertStreamReader>().CountAsync(model.Id, default);
        Assert.Equal(
            [("Z", StreamStatus.Inactive, "", 1), ("b", StreamStatus.Firing, "", 1), ("b", StreamStatus.CannotJudge, "too few rows", 2)],
            counts
                .Select(count => (count.Rule, count.Status, count.Reason, count.Count))
                .OrderBy(count => count.Rule, StringComparer.Ordinal)
                .ThenBy(count => count.Status)
        );
        Assert.Equal(4, (await world.Get<AlertStreamReader>().CountAsync(null, default)).Count);

        await using var again = await world.AgainAsync();
        var rules = await again.Get<RuleStore>().ReadAsync(model, default);
        Assert.Equal(["B", "Z", "a-b", "ab", "b"], rules.Where(rule => rule.Source == RuleSource.Api).Select(rule => rule.Name));
        Assert.False(rules.Single(rule => rule.Name == "ab").Enabled);
        Assert.True(await again.Get<RuleStore>().DeleteAsync(model, "b", default));
        Assert.False(await again.Get<RuleStore>().DeleteAsync(model, "b", default));
        Assert.Equal(["Z"], (await again.Get<AlertStreamReader>().CountAsync(model.Id, default)).Select(count => count.Rule));
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Incidents_are_listed_worked_on_and_counted(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var (first, second) = (await world.DeclareAsync("first"), await world.DeclareAsync("second"));
        var ids = new List<long>();
        await using (var db = await world.OpenAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                var incident = new IncidentRow
                {
                    ModelId = first.Id,
                    Severity = i % 3,
                    OnsetMs = 1_000 * i,
                    FiredMs = 1_000 * (i / 2),
                    Headline = $"No. {i}",
                    Facts = IncidentFacts.Empty.Write(),
                };
                db.Incidents.Add(incident);
                await db.SaveChangesAsync();
                ids.Add(incident.Id);
            }

            db.Alerts.Add(Alert(first.Id, ids[4]));
            db.Alerts.Add(Alert(second.Id, ids[4]));
            await db.SaveChangesAsync();
        }

        Assert.Equal(ids.Order(), ids);
        var reader = world.Get<IncidentReader>();
        Assert.Equal([ids[4], ids[3]], await ListedAsync(new IncidentQuery { Limit = 2 }));
        Assert.Equal([ids[2], ids[1], ids[0]], await ListedAsync(new IncidentQuery { Limit = 10, Before = ids[3] }));
        Assert.Equal([ids[4]], await ListedAsync(new IncidentQuery { Limit = 10, ModelId = second.Id }));
        Assert.Equal([ids[2]], await ListedAsync(new IncidentQuery { Limit = 10, AtLeast = (AlertSeverity)2 }));
        Assert.Equal(2, (await reader.FindAsync(ids[4], default))!.Alerts.Count);

        var actions = world.Get<IncidentActions>();
        Assert.True(await actions.AcknowledgeAsync(ids[0], "ann", "I look", default));
        Assert.True(await actions.ResolveAsync(ids[1], "bob", null, default));
        Assert.False(await actions.CommentAsync(987, "bob", "?", default));
        var found = await reader.FindAsync(ids[0], default);
        Assert.Equal((IncidentState.Acknowledged, "I look"), (found!.Incident.State, Assert.Single(found.Timeline).Text));
        var open = await world.Get<OpenIncidentReader>().ReadAsync(default);
        Assert.Equal((4, 1), (open[first.Id].Count, open[second.Id].Count));
        Assert.Equal([ids[1]], await ListedAsync(new IncidentQuery { Limit = 10, State = IncidentState.Resolved }));

        async Task<List<long>> ListedAsync(IncidentQuery query) =>
            [.. (await reader.ListAsync(query, default)).Select(incident => incident.Id)];
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Deliveries_are_counted_and_what_is_old_goes_with_its_items(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var now = TimeProvider.System.GetUtcNow();
        await using (var db = await world.OpenAsync())
        {
            foreach (var (incident, days, end) in new (long, int, bool)[] { (1, 200, true), (2, 200, false), (3, 1, true) })
            {
                var at = now.AddDays(-days).ToUnixTimeMilliseconds();
                NotificationRow[] told =
                [
                    Told($"opened-{incident}", incident, NotificationKind.Opened, at),
                    Told($"resolved-{incident}", incident, NotificationKind.Resolved, at),
                ];
                db.Notifications.AddRange(end ? told : told[..1]);
                await db.SaveChangesAsync();
                db.Deliveries.Add(Delivered(incident, told[0], at));
                await db.SaveChangesAsync();
            }
        }

        var history = world.Get<DeliveryHistory>();
        Assert.Equal(3, (await history.ReceiversAsync(default))["team"].Delivered);
        Assert.Equal("k2", Assert.Single((await history.PageAsync(new DeliveryQuery { IncidentId = 2 }, default)).Deliveries).Key);
        await history.CleanAsync(default);
        // That of an incident whose end was not told yet stays.
        var kept = (await history.PageAsync(new DeliveryQuery(), default)).Deliveries;
        Assert.Equal(["k3", "k2"], kept.Select(delivery => delivery.Key));
        Assert.All(kept, delivery => Assert.Single(delivery.Notifications));
        Assert.Equal((2, 0), await history.TotalsAsync(default) is var totals ? (totals.Delivered, totals.NotRouted) : default);
        await using (var db = await world.OpenAsync())
        {
            // By the foreign key.
            await db.Deliveries.Where(row => row.Key == "k3").ExecuteDeleteAsync();
            Assert.Equal(1, await db.DeliveryItems.CountAsync());
        }
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Silences_and_sources_are_declared_and_ended(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var (silences, model) = (world.Get<Silences>(), await world.DeclareAsync("m"));
        var specification = new SilenceSpecification
        {
            Matchers = [new LabelMatcher("model", "m")],
            Comment = "maintenance",
            For = "4h",
        };
        var silence = await silences.AddAsync(specification, "ann", default);
        Assert.Equal(silence!.Id, Assert.Single(await silences.ActiveAsync(default)).Id);
        Assert.True(await silences.ExpireAsync(silence.Id, default));
        Assert.False(await silences.ExpireAsync(silence.Id, default));
        Assert.Empty(await silences.ActiveAsync(default));
        await using (var db = await world.OpenAsync())
        {
            foreach (var name in (string[])["b", "B", "a"])
            {
                db.OutcomeSources.Add(
                    new OutcomeSourceRow
                    {
                        ModelId = model.Id,
                        Name = name,
                        Specification = "{}",
                        ChangedBy = "ann",
                        Enabled = true,
                    }
                );
            }

            await db.SaveChangesAsync();
        }

        var sources = world.Get<SourceCatalog>();
        Assert.True(await sources.SwitchAsync(model.Id, "b", on: false, default));
        Assert.True(await sources.HurryAsync(model.Id, "a", default));
        Assert.True(await sources.RemoveAsync(model.Id, "B", default));
        Assert.False(await sources.RemoveAsync(model.Id, "B", default));
        await using (var db = await world.OpenAsync())
            Assert.Equal(["a", "b"], await db.OutcomeSources.OrderBy(row => row.Name).Select(row => row.Name).ToListAsync());
    }

    private static Rule Rule(string name) =>
        new()
        {
            Name = name,
            Kind = RuleKind.Find("threshold")!,
            Metric = "performance.accuracy",
            Value = 0.8,
            Direction = RuleDirection.Below,
        };

    private static AlertStreamRow Stream(int model, string rule, string feature, StreamStatus status, string reason) =>
        new()
        {
            ModelId = model,
            Rule = rule,
            Metric = "input.missing_rate",
            Feature = feature,
            Class = "",
            Segment = "",
            Version = "",
            Status = (int)status,
            Reason = reason,
            State = new StreamState { Status = status, Reason = reason }.Write(),
        };

    private static AlertRow Alert(int model, long incident) =>
        new()
        {
            ModelId = model,
            IncidentId = incident,
            Rule = "r",
            Metric = "input.missing_rate",
            Feature = "f",
            Class = "",
            Segment = "",
            Version = "",
            OnsetMs = 1,
            FiredMs = 2,
            Evidence = new AlertEvidence(1, 2, null, null, null, null, 100, DateTimeOffset.UnixEpoch, 3600, 1, Small: false).Write(),
        };

    private static DeliveryRow Delivered(long incident, NotificationRow told, long at)
    {
        var delivery = new DeliveryRow
        {
            Receiver = "team",
            Key = $"k{incident}",
            GroupKey = "g",
            Model = "m",
            State = (int)DeliveryState.Delivered,
            CreatedAtMs = at,
            FinishedAtMs = at,
        };
        delivery.Items.Add(
            new DeliveryItemRow
            {
                NotificationId = told.Id,
                Receiver = "team",
                Key = told.Key,
                IncidentId = incident,
            }
        );
        return delivery;
    }

    private static NotificationRow Told(string key, long incident, NotificationKind kind, long at) =>
        new()
        {
            Key = key,
            IncidentId = incident,
            Model = "m",
            Kind = (int)kind,
            CreatedAtMs = at,
            RoutedAtMs = at,
            Content = NotificationOutbox.Write(
                new Notification
                {
                    Key = key,
                    Kind = kind,
                    IncidentId = incident,
                    Model = "m",
                    Severity = AlertSeverity.Warning,
                    Headline = "h",
                    Body = "b",
                    StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(at),
                    Path = "/incidents/1",
                }
            ),
        };
}

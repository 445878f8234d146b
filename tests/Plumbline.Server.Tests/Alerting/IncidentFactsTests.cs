using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Incidents are stored as facts; their words and addresses are made when they are read.</summary>
public sealed class IncidentFactsTests(TestHost host)
{
    private const int Week = 7 * 24;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_stored_has_neither_words_nor_addresses_and_all_of_them_are_read()
    {
        var world = await AlertingWorld.CreateAsync(host, 61);
        await world
            .Rows(Week)
            .Series("input.missing_rate", Week, before => before is <= 20 and > 8 ? 0.35 : 0.04, "amount")
            .Series("input.unseen_rate", Week, before => before is <= 20 and > 8 ? 0.25 : 0.04, "amount")
            .EvaluateAsync(12);
        await world.EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct);
        var row = await db.Incidents.AsNoTracking().SingleAsync(row => row.Id == incident.Incident.Id, Ct);
        Assert.Empty(row.Headline);
        foreach (var word in (string[])["words", "path", "/models", "is missing", "look at"])
            Assert.DoesNotContain(word, row.Facts, StringComparison.Ordinal);
        Assert.All(
            await db.IncidentNotes.AsNoTracking().Where(note => note.IncidentId == row.Id).ToListAsync(Ct),
            note => Assert.Empty(note.Text)
        );

        var name = world.Model.Name;
        Assert.Matches($"^{name}: amount is missing: missing rate 4[.0-9]* % → 3[.0-9]+ %$", incident.Incident.Headline);
        Assert.Equal(["missing_values", "new_category"], incident.Incident.Summary.Causes.Select(cause => cause.Kind).Order());
        Assert.All(incident.Incident.Summary.Causes, cause => Assert.Equal($"/models/{name}/inputs?feature=amount", cause.Path));
        Assert.Contains(incident.Incident.Summary.Causes, cause => cause.Words.EndsWith("of the rows.", StringComparison.Ordinal));
        Assert.All(incident.Incident.Summary.NextSteps, step => Assert.StartsWith($"/models/{name}", step.Path, StringComparison.Ordinal));
        var notes = incident.Timeline.ToLookup(note => note.Kind, note => note.Text);
        Assert.Equal("The change began, as far as the numbers tell.", Assert.Single(notes["first_sign"]));
        Assert.Matches("^Rule .+ found it.$", Assert.Single(notes["detected"]));
        Assert.Matches($"^{name}: rule .+ fires for input.+ of amount.$", notes["joined"].First());
        Assert.Equal("The cause is over.", Assert.Single(notes["resolved"]));
        Assert.Contains("Warning sent to the receivers.", notes["notified"]);
    }

    private static string Former(string model) =>
        $$"""
            {"models":["{{model}}"],"segments":["country=FR"],"versions":[],"features":["amount"],
             "causes":[{"kind":"missing_values","subject":"amount","score":0.83,"words":"amount is missing: much.","path":"/old/page"},
                       {"kind":"traffic_mix","subject":"country","score":0.2,"words":"Other traffic.","path":"/old/page"}],
             "impact":{"metric":"performance.accuracy","segment":"","estimated":false,"before":0.9,"after":0.8,"loss":0.1,
                       "lossLower":0.08,"lossUpper":0.12,"rows":4000,"moneyPerDay":20,"currency":"EUR","words":"much",
                       "moneyLower":10,"moneyUpper":30},
             "nextSteps":[{"words":"do something","path":"/old/page"}]}
            """;

    [Fact]
    public async Task What_former_releases_stored_is_still_read()
    {
        var world = await AlertingWorld.CreateAsync(host, 62);
        var name = world.Model.Name;
        long id;
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct))
        {
            var row = new IncidentRow
            {
                ModelId = world.Model.Id,
                State = (int)IncidentState.Resolved,
                Severity = (int)AlertSeverity.Warning,
                OnsetMs = 1_000_000,
                FiredMs = 4_600_000,
                ResolvedMs = 9_000_000,
                ToldSeverity = (int)AlertSeverity.Warning,
                ToldResolved = true,
                Headline = $"{name}: amount is missing: missing rate 4 % to 35 %",
                Facts = Former(name),
            };
            db.Incidents.Add(row);
            await db.SaveChangesAsync(Ct);
            id = row.Id;
            db.IncidentNotes.Add(
                new IncidentNoteRow
                {
                    IncidentId = id,
                    AtMs = 4_600_000,
                    Kind = "detected",
                    Who = "",
                    Text = "Rule missing found it.",
                }
            );
            await db.SaveChangesAsync(Ct);
        }

        var found = JsonDocument.Parse(await host.Client.GetStringAsync($"/v1/incidents/{id}", Ct)).RootElement;
        Assert.Equal("Rule missing found it.", found.GetProperty("timeline")[0].GetProperty("text").GetString());
        var incident = found.GetProperty("incident");
        Assert.Equal($"{name}: amount is missing: missing rate 4 % to 35 %", incident.GetProperty("headline").GetString());
        var story = incident.GetProperty("story");
        Assert.Equal("amount is missing: much.", story.GetProperty("causes")[0].GetProperty("words").GetString());
        // The page is where it is now; of a kind that is not known any more the stored address is all there is.
        Assert.Equal($"/models/{name}/inputs?feature=amount", story.GetProperty("causes")[0].GetProperty("path").GetString());
        Assert.Equal("/old/page", story.GetProperty("causes")[1].GetProperty("path").GetString());
        Assert.StartsWith("accuracy 0.9 → 0.8 (", story.GetProperty("impact").GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(
            "about +20 EUR a day, 95 % +10 .. +30",
            story.GetProperty("impact").GetProperty("words").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(0.1, story.GetProperty("impact").GetProperty("loss").GetDouble());
        Assert.Contains("amount", story.GetProperty("next_steps")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    // In the unit of the ground truth, which only the model's owner knows.
    [InlineData("estimated.mae", 11.3, "mae 9.8 → 11.3")]
    [InlineData("performance.rmse", 11.3, "rmse 9.8 → 11.3")]
    [InlineData("input.missing_rate", 0.5, "missing rate 980 % → 50 %")]
    public void What_moved_is_written_in_a_unit_that_is_known(string metric, double value, string words) =>
        Assert.Equal(words, AlertText.Moved(new StreamChange(new StreamKey("r", metric, "", "", "", ""), value, 9.8)));

    [Fact]
    public void Every_kind_of_cause_has_a_name_and_a_title_of_its_own()
    {
        var kinds = host.Get<CauseCatalog>().All;
        Assert.Equal(11, kinds.Count);
        Assert.Distinct(kinds.Select(kind => kind.Key));
        Assert.Distinct(kinds.Select(kind => kind.Title));
        Assert.All(kinds, kind => Assert.Same(kind, host.Get<CauseCatalog>().Find(kind.Key)));
        Assert.Null(host.Get<CauseCatalog>().Find("traffic_mix"));
    }
}

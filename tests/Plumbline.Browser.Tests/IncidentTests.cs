using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>From "something is wrong" to what, why and what next; incidents are those that the server found in the seeded points.</summary>
public sealed partial class IncidentTests(BrowserHost host)
{
    [Fact]
    public async Task G_i_leads_to_the_incidents_and_one_press_further_to_what_happened_and_why()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        var page = watched.Page;
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("i");
        await watched.ReachAsync("/incidents");
        // The address changes before the page does: until then the first link is one of the fleet.
        await page.Locator("td.lead a[href*='incidents/']").First.ClickAsync();
        await watched.ReachAsync("/incidents/");
        await watched.SettleAsync();
        Assert.Contains(SeededModels.Router, await page.TextContentAsync("h1"), StringComparison.Ordinal);
        Assert.True(await page.Locator("article.cause").CountAsync() > 0, "no likely cause is shown");
        Assert.True(await page.Locator("article.cause .chart canvas").CountAsync() > 0, "no cause has a picture");
        Assert.True(await page.Locator(".timeline li").CountAsync() >= 2, "the timeline has no first sign and detection");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_numbers_of_an_alert_lead_to_their_evidence()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents/1");
        await watched.Page.Locator("table.dense td.lead a").First.ClickAsync();
        await watched.ReachAsync($"/models/{SeededModels.Router}");
        await watched.SettleAsync();
        Assert.Contains("from=", watched.Page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_is_filtered_is_in_the_address()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents");
        var page = watched.Page;
        await page.GetByLabel("Severity").SelectOptionAsync("critical");
        await watched.ReachAsync("severity=critical");
        await page.GetByLabel("State").SelectOptionAsync("resolved");
        await watched.ReachAsync("state=resolved");
        await page.GetByLabel("Time").SelectOptionAsync("1h");
        await watched.ReachAsync("range=1h");
        await page.GoBackAsync();
        await watched.SettleAsync();
        Assert.DoesNotContain("range=", page.Url, StringComparison.Ordinal);
        Assert.Equal("resolved", await page.GetByLabel("State").InputValueAsync());
    }

    [Fact]
    public async Task Acknowledging_with_a_comment_is_on_the_timeline()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents/1");
        var page = watched.Page;
        await page.Locator(".incident-actions input").FillAsync("I ask the <b>billing</b> team.");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Acknowledge" }).ClickAsync();
        var note = page.Locator(".timeline li.acknowledged");
        await note.WaitForAsync();
        Assert.Contains("I ask the <b>billing</b> team.", await note.TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Acknowledge" }).CountAsync());
        await page.Locator(".headline", new PageLocatorOptions { HasText = "acknowledged" }).WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_silence_of_an_incident_begins_with_what_it_is_about()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents/1");
        await watched.Page.Locator(".incident-actions a", new PageLocatorOptions { HasText = "Silence" }).ClickAsync();
        await watched.ReachAsync("/settings/silences");
        await watched.SettleAsync();
        await watched.Page.WaitForFunctionAsync(
            "model => [...document.querySelectorAll('form input')].some(field => field.value.includes('model=' + model))",
            SeededModels.Router
        );
    }

    [Fact]
    public async Task The_model_names_its_open_incidents_and_the_fleet_counts_them()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        await watched.Page.Locator($"td[data-label=Incidents] a[href='/incidents?model={SeededModels.Router}']").ClickAsync();
        await watched.ReachAsync("model=");
        await watched.GoAsync($"/models/{SeededModels.Router}");
        Assert.True(await watched.Page.Locator(".open-incidents a").CountAsync() > 0);
    }

    [Fact]
    public async Task Times_in_texts_are_those_of_the_reader_and_the_api_says_them_in_utc()
    {
        await using var watched = await host.OpenAsync();
        var found = 0;
        for (var id = 1; id <= 20; id++)
        {
            var answer = await watched.Page.APIRequest.GetAsync($"/v1/incidents/{id}");
            if (!answer.Ok || UtcTime().Match(await answer.TextAsync()) is not { Success: true } time)
                continue;
            found++;
            await watched.GoAsync($"/incidents/{id}");
            var text = await watched.Page.Locator("main").InnerTextAsync();
            Assert.DoesNotMatch(UtcTime(), text);
            var paris = TimeZoneInfo.ConvertTime(
                DateTimeOffset.Parse(time.Groups[1].Value + "Z", CultureInfo.InvariantCulture),
                TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris")
            );
            Assert.Contains(paris.ToString("d MMM HH:mm", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        }

        Assert.True(found > 0, "no incident whose texts name a time");
        Assert.Empty(watched.Complaints);
    }

    [GeneratedRegex(@"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC", RegexOptions.NonBacktracking)]
    private static partial Regex UtcTime();
}

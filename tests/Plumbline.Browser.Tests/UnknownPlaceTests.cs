using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>An address that names what is not there: said within the frame, with what is near and with status 404.</summary>
public sealed class UnknownPlaceTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    public static TheoryData<string, string, string, string> Places =>
        new()
        {
            { "/no/such/page", "There is no such page", "Fleet", "/" },
            { "/models/ticket-ruoter", "There is no model ticket-ruoter", "ticket-router", Router },
            { "/models/%3Cb%3E", "There is no model <b>", "All models", "/" },
            { "/explore/nobody", "There is no model nobody", "All models", "/" },
            { "/models/nobody/predictions/1", "There is no model nobody", "All models", "/" },
            { $"{Router}/nonsense", "A model has no part nonsense", "Inputs", $"{Router}/inputs" },
            { $"{Router}?version=v8", "ticket-router has no version v8", "v7", $"{Router}?version=v7" },
            {
                $"/explore/{SeededModels.Router}?version=v8",
                "ticket-router has no version v8",
                "v6",
                $"/explore/{SeededModels.Router}?version=v6"
            },
            { $"{Router}/inputs?feature=incom", "ticket-router has no feature incom", "income", $"{Router}/inputs?feature=income" },
            {
                $"{Router}/performance?segment=country%3DXX",
                "ticket-router has no segment country=XX",
                "country=BR",
                $"{Router}/performance?segment=country%3DBR"
            },
            { "/incidents/99999", "There is no incident 99999", "All incidents", "/incidents" },
            { "/incidents/abc", "There is no such page", "Incidents", "/incidents" },
            { "/settings/nonsense", "The settings have no part nonsense", "Silences", "/settings/silences" },
        };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Is_said_within_the_frame(string address, string title, string words, string instead)
    {
        foreach (var (width, theme) in new[] { (1440, "light"), (390, "dark") })
        {
            await using var watched = await host.OpenAsync(width, theme);
            var answer = await watched.Page.GotoAsync(address);
            Assert.Equal(404, answer!.Status);
            // Whoever has no scripts reads the same.
            Assert.Contains($">{System.Net.WebUtility.HtmlEncode(title)}</h1>", await answer.TextAsync(), StringComparison.Ordinal);
            await watched.SettleAsync();
            await watched.ShootAsync($"unknown-{title.Replace(' ', '-').Replace('<', '_')}-{width}-{theme}");
            Assert.Equal(title, await watched.Page.TextContentAsync("h1"));
            Assert.True(await watched.Page.Locator(".rail a.place").CountAsync() > 3);
            // The status of the page itself is the only complaint there may be.
            Assert.All(watched.Complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));
            foreach (var check in PageWalk.Checks)
                Assert.Empty(await watched.CheckAsync(check));
            Assert.Empty(await watched.AxeAsync());
            await watched.Page.Locator("main").GetByText(words, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
            await watched.ReachAsync(instead);
            await watched.SettleAsync();
            await watched.Page.WaitForFunctionAsync("title => document.querySelector('h1')?.textContent !== title", title);
        }
    }

    [Theory]
    [InlineData($"{Router}?version=v7")]
    [InlineData($"{Router}?segment=country%3DFR")]
    [InlineData($"{Router}/inputs?feature=income")]
    [InlineData("/incidents/1")]
    public async Task What_is_there_is_shown(string address)
    {
        await using var watched = await host.OpenAsync();
        var answer = await watched.Page.GotoAsync(address);
        Assert.Equal(200, answer!.Status);
        await watched.SettleAsync();
        Assert.Empty(await watched.CheckAsync("failures"));
        Assert.Empty(watched.Complaints);
    }
}

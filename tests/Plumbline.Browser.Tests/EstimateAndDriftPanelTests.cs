using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>What the pages say before ground truth comes, and of all features together.</summary>
public sealed class EstimateAndDriftPanelTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    [Fact]
    public async Task Estimated_stands_beside_realised_with_its_own_record()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/performance?window=1h");
        var panel = Panel(watched, "Estimated performance");
        await panel.GetByText("windows with ground truth the estimate was off by").WaitForAsync();
        var words = await panel.InnerTextAsync();
        Assert.Contains("windows with ground truth the estimate was off by 0.00", words, StringComparison.Ordinal);
        Assert.Contains("too high by 0.00", words, StringComparison.Ordinal);
        Assert.Contains("100 % were realised inside its 95 % interval", words, StringComparison.Ordinal);
        // The seeded drift leaves the reference at the end, and income leads it.
        Assert.Contains("The inputs left the reference", words, StringComparison.Ordinal);
        Assert.Contains("'income'", words, StringComparison.Ordinal);
        Assert.Contains("3 % of the newest window's rows lie beyond everything", words, StringComparison.Ordinal);
        Assert.Contains("the estimate stands alone", words, StringComparison.Ordinal);
        Assert.Equal(6, await panel.Locator("figure.chart").CountAsync());
        // The table twin holds both lines; the newest window has no realised value.
        var figure = panel.Locator("figure.chart").First;
        await figure.GetByText("As a table").ClickAsync();
        var newest = figure.Locator("tbody tr").First;
        await newest.WaitForAsync();
        Assert.Contains("not enough data: too few rows", await newest.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(["Window", "estimated", "95 %", "n", "realised", "95 %", "n"], await figure.Locator("thead th").AllInnerTextsAsync());
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Without_a_labelled_reference_the_panel_says_why_and_what_to_do()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"/models/{SeededModels.Price}/performance");
        var panel = Panel(watched, "Estimated performance");
        await panel.GetByText("No estimates: there is no reference yet.").WaitForAsync();
        Assert.Contains($"/v1/models/{SeededModels.Price}/reference", await panel.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await Panel(watched, "Calibration over time").CountAsync());
    }

    [Fact]
    public async Task Calibration_is_shown_over_time()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/performance");
        var panel = Panel(watched, "Calibration over time");
        await panel.Locator("figure.chart").First.WaitForAsync();
        Assert.Equal(["Calibration error", "Brier score"], await panel.Locator("h3").AllInnerTextsAsync());
        Assert.EndsWith("#reliability", await panel.GetByText("Reliability curve").GetAttributeAsync("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_culprit_leads_to_its_feature()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/inputs");
        var panel = Panel(watched, "All features together");
        await panel.GetByText("They can be told apart.").WaitForAsync();
        var rows = panel.Locator("table.grid tbody tr");
        Assert.Equal(8, await rows.CountAsync());
        Assert.Contains("46 %", await rows.First.InnerTextAsync(), StringComparison.Ordinal);
        await rows.First.Locator("a").ClickAsync();
        await watched.ReachAsync("feature=income");
        await watched.SettleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Every_drift_measure_of_a_feature_is_on_its_page()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/inputs?feature=income");
        var rows = Panel(watched, "All drift measures").Locator("table.grid tbody tr");
        await rows.First.WaitForAsync();
        Assert.Equal(["Jensen-Shannon distance", "Kolmogorov-Smirnov distance", "PSI"], await rows.Locator("td.lead").AllInnerTextsAsync());
        var smirnov = await rows.Nth(1).InnerTextAsync();
        Assert.Contains("0.031", smirnov, StringComparison.Ordinal);
        Assert.Contains("too few rows", await rows.First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(3, await rows.Locator("svg.sparkline").CountAsync());
        Assert.Empty(watched.Complaints);
    }

    private static ILocator Panel(WatchedPage watched, string title) =>
        watched.Page.Locator(
            "section.panel",
            new PageLocatorOptions
            {
                Has = watched.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = title, Exact = true }),
            }
        );
}

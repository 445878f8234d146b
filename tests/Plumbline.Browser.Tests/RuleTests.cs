using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>The rules of a model: what they watch, how they stand, own ones, and what they would have done.</summary>
public sealed class RuleTests(BrowserHost host)
{
    private const string Rules = "/models/" + SeededModels.Router + "/rules";

    [Fact]
    public async Task A_rule_that_cannot_be_judged_is_refused_at_its_field_and_a_good_one_is_saved_and_deleted()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Rules}?new=1");
        var page = watched.Page;
        var exactly = new PageGetByLabelOptions { Exact = true };
        var save = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true });
        await page.GetByLabel("Name", exactly).FillAsync("many-errors");
        await page.GetByLabel("Metric", exactly).FillAsync("system.no_such_metric");
        await page.GetByLabel("Value", exactly).FillAsync("much");
        await save.ClickAsync();
        await page.Locator(".form-field.wrong", new PageLocatorOptions { HasText = "There is no metric" }).WaitForAsync();
        await page.Locator(".form-field.wrong", new PageLocatorOptions { HasText = "Not a number" }).WaitForAsync();
        await page.GetByLabel("Metric", exactly).FillAsync("system.error_rate");
        await page.GetByLabel("Value", exactly).FillAsync("0.2");
        await save.ClickAsync();
        var row = page.Locator("table.rules tr", new PageLocatorOptions { HasText = "many-errors" });
        await row.WaitForAsync();
        Assert.Contains("above 20 %", await row.TextContentAsync(), StringComparison.Ordinal);
        Assert.Contains("own", await row.TextContentAsync(), StringComparison.Ordinal);
        await row.Locator("td.lead a").ClickAsync();
        await watched.ReachAsync("edit=many-errors");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Really delete it" }).ClickAsync();
        await row.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Metrics_and_features_of_the_model_are_suggested_and_a_list_is_completed()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Rules}?new=1");
        var page = watched.Page;
        var metrics = await OptionsAsync(page, "rule-metrics");
        Assert.Contains("business.click.rate", metrics);
        Assert.Contains("performance.accuracy", metrics);
        Assert.DoesNotContain("performance.mae", metrics);
        Assert.Contains("income", await OptionsAsync(page, "rule-features"));
        await page.GetByLabel("Features", new PageGetByLabelOptions { Exact = true }).PressSequentiallyAsync("income,");
        await page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('#rule-features option')].some(o => o.value === 'income, age')"
        );
        Assert.DoesNotContain("income, income", await OptionsAsync(page, "rule-features"));
        Assert.Empty(watched.Complaints);
    }

    private static Task<string[]> OptionsAsync(IPage page, string list) =>
        page.EvaluateAsync<string[]>("list => [...document.querySelectorAll(`#${list} option`)].map(option => option.value)", list);

    [Fact]
    public async Task A_default_rule_is_switched_off_and_on_again()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Rules);
        var timeouts = watched.Page.GetByRole(AriaRole.Switch, new PageGetByRoleOptions { Name = "timeouts" });
        await timeouts.ClickAsync();
        await watched.Page.Locator("button[role=switch][aria-label=timeouts][aria-checked=false]").WaitForAsync();
        await timeouts.ClickAsync();
        await watched.Page.Locator("button[role=switch][aria-label=timeouts][aria-checked=true]").WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_replay_shows_where_the_rule_and_the_usual_defaults_would_have_fired()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Rules);
        var page = watched.Page;
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Replay missing-values" }).ClickAsync();
        await page.Locator(".strips .hit").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        Assert.Equal(4, await page.Locator(".strips svg").CountAsync());
        Assert.True(await page.Locator(".strips .band").CountAsync() > 0, "no known incident is drawn");
        await watched.ShootAsync("backtest-1440-light");
        foreach (var check in new[] { "failures", "overflow", "labels", "contrast" })
            Assert.Empty(await watched.CheckAsync(check));
        Assert.Empty(watched.Complaints);
    }
}

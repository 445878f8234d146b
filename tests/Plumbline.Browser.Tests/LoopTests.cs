using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>The pages of the loop: data sets, retraining, and whether a new version is better; looked at, and worked with.</summary>
public sealed class LoopTests(BrowserHost host)
{
    private const string Targets = "/settings/retraining-targets";

    [Fact]
    public async Task A_model_goes_round_the_loop_on_its_pages()
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        await using var model = await LoopedModel.CreateAsync(host.Address, "round-the-loop");
        var (datasets, retraining) = ($"/models/{model.Name}/datasets", $"/models/{model.Name}/retraining");
        await WalkAsync(("datasets-none", datasets), ("retraining-none", retraining), ("targets-none", Targets));
        await model.GoRoundAsync();
        await using (var watched = await host.OpenAsync())
        {
            await AskForReasonAsync(watched, $"{retraining}?run={model.Run}");
            await MakeTriggerAsync(watched, retraining, model);
            await MakeDatasetAsync(watched, datasets);
            Assert.Empty(watched.Complaints);
        }

        await WalkAsync(
            ("datasets", datasets),
            ("datasets-new", $"{datasets}?new=1"),
            ("datasets-edit", $"{datasets}?edit=weekly"),
            ("datasets-card", $"{datasets}?card=weekly&number=1"),
            ("datasets-no-card", $"{datasets}?card=weekly&number=99"),
            ("retraining", retraining),
            ("retraining-new", $"{retraining}?new=1"),
            ("retraining-edit", $"{retraining}?edit=often"),
            ("retraining-ask", $"{retraining}?ask=1"),
            ("retraining-run", $"{retraining}?run={model.Run}"),
            ("retraining-refused", $"{retraining}?run={model.RefusedRun}"),
            ("retraining-no-run", $"{retraining}?run=rt-nobody"),
            ("targets", Targets),
            ("targets-new", $"{Targets}?new=http"),
            ("targets-edit", $"{Targets}?target={model.TargetName}"),
            ("targets-no-such", $"{Targets}?target=nobody")
        );
        await using (var watched = await host.OpenAsync())
        {
            await PromoteAsync(watched, $"{retraining}?run={model.Run}");
            Assert.Empty(watched.Complaints);
        }
    }

    // Each page wide and light, and narrow and dark, some of them side by side.
    private Task WalkAsync(params (string Name, string Address)[] pages) =>
        Task.WhenAll(pages.Chunk(8).SelectMany(some => new[] { WalkAsync(1440, "light", some), WalkAsync(390, "dark", some) }));

    private async Task WalkAsync(int width, string theme, (string Name, string Address)[] pages)
    {
        await using var watched = await host.OpenAsync(width, theme);
        var findings = new List<string>();
        foreach (var (name, address) in pages)
        {
            await watched.GoAsync(address);
            findings.AddRange(
                (await PeopleTests.FindAsync(watched, $"loop-{name}-{width}-{theme}")).Select(finding => $"{name}, {width}: {finding}")
            );
        }

        Assert.True(findings.Count == 0, string.Join(Environment.NewLine, findings));
    }

    // The card of the data set is one click from the run; and a version that is not better is not promoted without a word.
    private static async Task AskForReasonAsync(WatchedPage watched, string run)
    {
        var page = watched.Page;
        await watched.GoAsync(run);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "weekly 1" }).First.ClickAsync();
        await watched.ReachAsync("card=weekly&number=1");
        await page.GetByText("weekly, version 1").WaitForAsync();
        await watched.GoAsync(run);
        await page.GetByText("Promote v2 all the same").ClickAsync();
        await page.GetByText("say why it is promoted all the same").WaitForAsync();
        Assert.Equal(0, await page.GetByText("It is promoted.").CountAsync());
    }

    private static async Task PromoteAsync(WatchedPage watched, string run)
    {
        var page = watched.Page;
        await watched.GoAsync(run);
        await page.GetByLabel("Why", new PageGetByLabelOptions { Exact = true }).FillAsync("Germany is served by another model now");
        await page.GetByText("Promote v2 all the same").ClickAsync();
        await page.GetByText("v2 is promoted").WaitForAsync();
        await watched.SettleAsync();
        await page.Locator(".turn li.done strong:text-is('Promoted')").WaitForAsync();
        await PeopleTests.CheckAsync(watched, "loop-promoted-1440-light");
    }

    private static async Task MakeTriggerAsync(WatchedPage watched, string retraining, LoopedModel model)
    {
        var page = watched.Page;
        await watched.GoAsync(retraining);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "New trigger" }).ClickAsync();
        await watched.ReachAsync("new=1");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("often");
        await page.GetByLabel("Target").SelectOptionAsync(model.TargetName);
        await page.GetByLabel("Data set").SelectOptionAsync("weekly");
        await page.GetByLabel("So many new answers").FillAsync("many");
        await SaveAsync(page);
        await page.GetByText("A whole number is needed.").WaitForAsync();
        await page.GetByLabel("So many new answers").FillAsync("5000");
        await page.GetByLabel("Performance").SelectOptionAsync("performance.accuracy");
        await page.GetByLabel("below", new PageGetByLabelOptions { Exact = true }).FillAsync("0.2");
        await SaveAsync(page);
        await page.GetByText("often is saved").WaitForAsync();
        await page.GetByText("waits: 0 of 5,000 new answers").WaitForAsync();
    }

    private static async Task MakeDatasetAsync(WatchedPage watched, string datasets)
    {
        var page = watched.Page;
        await watched.GoAsync(datasets);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "New data set" }).ClickAsync();
        await watched.ReachAsync("new=1");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("by-chance");
        var part = page.GetByRole(AriaRole.Group, new PageGetByRoleOptions { Name = "Part 3" });
        await part.GetByLabel("What it takes").SelectOptionAsync("Labelled");
        await part.GetByLabel("Rows at most").FillAsync("100");
        await SaveAsync(page);
        await page.GetByText("by-chance is saved").WaitForAsync();
        await page.GetByRole(AriaRole.Row)
            .Filter(new LocatorFilterOptions { HasText = "by-chance" })
            .GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Make a version" })
            .ClickAsync();
        await page.GetByText("Version 1 of by-chance has").WaitForAsync();
    }

    private static Task SaveAsync(IPage page) => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
}

using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>Data sets on their tab: from the form to a card, wide and on a phone in the dark.</summary>
public sealed class DatasetTests(SignedInHost host) : IClassFixture<SignedInHost>
{
    [Fact]
    public async Task A_part_has_conditions_and_a_policy_and_what_is_wrong_is_said_beside_it()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "with-parts");
        await model.WithPolicyAsync("daily", new { per_day = 24, uniform_share = 1 });
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync($"/models/{model.Name}/datasets?new=1");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("brazil");
        await page.GetByLabel("Chosen by policy").SelectOptionAsync("daily");
        await page.GetByLabel("Remove part 3").ClickAsync();
        await page.GetByText("Part 3").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        var filter = page.GetByLabel("Only rows that match (a condition a line)").Nth(1);
        await filter.FillAsync("features.country:eq:BR\nfeatures.county:eq:BR");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await page.GetByText("Condition 2:").WaitForAsync();
        await filter.FillAsync("features.country:eq:BR\nversion:eq:v1");
        await page.GetByLabel("also rows without ground truth").CheckAsync();
        await page.GetByLabel("From; empty for the first").FillAsync("2026-01-01T00:00:00Z");
        Assert.Empty(await watched.AxeAsync());
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await page.GetByText("brazil is saved").WaitForAsync();
        var recipe = (await model.GetAsync("datasets")).GetProperty("datasets")[0].GetProperty("recipe");
        var parts = recipe.GetProperty("parts");
        Assert.Equal(2, parts.GetArrayLength());
        Assert.Equal("daily", parts[0].GetProperty("policy").GetString());
        Assert.Equal(
            ["features.country:eq:BR", "version:eq:v1"],
            parts[1].GetProperty("filter").EnumerateArray().Select(one => one.GetString())
        );
        Assert.True(parts[1].GetProperty("unlabelled").GetBoolean());
        Assert.StartsWith("2026-01-01T00:00:00", recipe.GetProperty("from").GetString(), StringComparison.Ordinal);
        // What was saved is what the form shows again.
        await watched.GoAsync($"/models/{model.Name}/datasets?edit=brazil");
        Assert.Equal("daily", await page.GetByLabel("Chosen by policy").InputValueAsync());
        Assert.Equal("features.country:eq:BR\nversion:eq:v1", await filter.InputValueAsync());
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_data_set_is_made_by_the_form_and_its_card_is_read()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "with-data-sets");
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync($"/models/{model.Name}/datasets");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        await page.GetByText("No data set yet.").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "New data set" }).ClickAsync();
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("weekly");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await page.GetByText("weekly is saved").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make a version" }).ClickAsync();
        await page.GetByText("Version 1 of weekly has 600 rows.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Card", Exact = true }).ClickAsync();
        await page.GetByText("Against the reference").WaitForAsync();
        await watched.SettleAsync();
        Assert.Empty(await watched.AxeAsync());
        Assert.Empty(watched.Complaints);

        await using var small = await host.OpenAsync(width: 390, theme: "dark");
        await small.Page.GotoAsync($"/models/{model.Name}/datasets?card=weekly&number=1");
        await SignedInHost.SignInAsync(small.Page, "anna");
        await small.SettleAsync();
        await small.Page.GetByText("Against the reference").WaitForAsync();
        Assert.Empty(await small.CheckAsync("overflow"));
        Assert.Empty(await small.AxeAsync());
    }
}

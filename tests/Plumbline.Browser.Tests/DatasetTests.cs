using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>Data sets on their tab: from the form to a card, wide and on a phone in the dark.</summary>
public sealed class DatasetTests(SignedInHost host) : IClassFixture<SignedInHost>
{
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

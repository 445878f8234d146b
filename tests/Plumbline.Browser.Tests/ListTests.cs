using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>Lists: keys to walk through them, several at once, and what a narrow screen folds away.</summary>
public sealed class ListTests(BrowserHost host)
{
    [Fact]
    public async Task J_and_k_walk_through_the_rows_x_selects_and_enter_opens()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents");
        var page = watched.Page;
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await page.Locator("tr[aria-selected=true]").WaitForAsync();
        await page.Keyboard.PressAsync("x");
        await page.Locator("tr[aria-selected=true]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        var address = await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')");
        Assert.Equal(await page.Locator("td.lead a").First.GetAttributeAsync("href"), address);
        await page.Keyboard.PressAsync("Enter");
        await watched.ReachAsync(address);
        await watched.SettleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Several_incidents_are_assigned_at_once()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents");
        var page = watched.Page;
        await page.GetByLabel("Select all").CheckAsync();
        await page.Locator("tr[aria-selected=true]").First.WaitForAsync();
        var chosen = await page.Locator("tr[aria-selected=true]").CountAsync();
        Assert.True(chosen > 1, $"{chosen} incidents are seeded");
        await watched.ShootAsync("incidents-selected");
        await page.GetByLabel("Assign to").FillAsync("night shift");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Assign", Exact = true }).ClickAsync();
        await page.GetByText($"{chosen} assigned to night shift.").WaitForAsync();
        await page.WaitForFunctionAsync("wanted => document.querySelectorAll('td.lead .tag').length === wanted", chosen);
        Assert.Equal(0, await page.Locator("tr[aria-selected=true]").CountAsync());
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/incidents")]
    [InlineData($"/models/{SeededModels.Router}/segments")]
    public async Task A_narrow_row_shows_three_fields_and_the_rest_at_a_press(string address)
    {
        await using var watched = await host.OpenAsync(390);
        await watched.GoAsync(address);
        var row = watched.Page.Locator("table.folded tbody tr").Last;
        Assert.InRange(await ShownAsync(row), 2, 3);
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "More" }).ClickAsync();
        Assert.True(await ShownAsync(row) > 4);
        Assert.Empty(await watched.CheckAsync("overflow"));
    }

    [Fact]
    public async Task Explore_columns_and_facets_are_chosen_and_stay_in_the_address()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"/explore/{SeededModels.Router}");
        var page = watched.Page;
        await page.GetByLabel("Find a field").FillAsync("hours");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Column hours" }).ClickAsync();
        await watched.ReachAsync("columns=");
        await page.Locator("[aria-label='Column hours'][aria-pressed=true]").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "hours", Exact = true }).ClickAsync();
        await watched.ReachAsync("facet=");
        await page.Locator(".facet").WaitForAsync();
        await watched.SettleAsync();
        Assert.Empty(watched.Complaints);
    }

    private static async Task<int> ShownAsync(ILocator row)
    {
        var cells = row.Locator("td:not(.fold):not(.pick)");
        var shown = 0;
        for (var at = 0; at < await cells.CountAsync(); at++)
        {
            if (await cells.Nth(at).IsVisibleAsync())
                shown++;
        }
        return shown;
    }
}

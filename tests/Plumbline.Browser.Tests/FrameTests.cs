using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>The frame: address, keys, focus, theme, palette.</summary>
public sealed class FrameTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    [Fact]
    public async Task The_first_stop_of_the_tab_key_skips_to_the_content_and_focus_follows_the_reading_order()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        var page = watched.Page;
        // The page puts the focus on its headline; a reader who starts at the top starts before the frame.
        await page.EvaluateAsync("() => { const frame = document.querySelector('.frame'); frame.tabIndex = -1; frame.focus(); }");
        var stops = new List<string>();
        for (var press = 0; press < 12; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            stops.Add(
                await page.EvaluateAsync<string>(
                    "(document.activeElement.textContent || document.activeElement.getAttribute('aria-label') || '').trim()"
                )
            );
            var outline = await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
            Assert.True(outline != "none", $"no visible focus on '{stops[^1]}'");
        }
        Assert.Equal("Skip to the content", stops[0]);
        Assert.True(
            stops.IndexOf("Fleet") < stops.IndexOf("Explore") && stops.IndexOf("Explore") < stops.IndexOf("System"),
            string.Join(" | ", stops)
        );
    }

    [Fact]
    public async Task Everything_chosen_is_in_the_address_and_back_works()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        await page.Locator("summary[aria-label^='Time range']").ClickAsync();
        await page.GetByText("Last 14 days").ClickAsync();
        await watched.ReachAsync("range=14d");
        await page.Locator("select").First.SelectOptionAsync("v7");
        await watched.ReachAsync("version=v7");
        // The address changes before the links that carry it on are drawn: nobody presses between the two.
        await page.Locator(".tabs a[href*='version=v7']", new PageLocatorOptions { HasText = "Inputs" }).ClickAsync();
        await watched.ReachAsync("/inputs?");
        Assert.Contains("range=14d", page.Url, StringComparison.Ordinal);
        Assert.Contains("version=v7", page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        await watched.SettleAsync();
        Assert.DoesNotContain("/inputs", page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        Assert.DoesNotContain("version=", page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Ctrl_K_jumps_to_a_feature()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        await page.Keyboard.PressAsync("Control+k");
        await page.WaitForSelectorAsync("dialog.palette[open]");
        await page.Keyboard.TypeAsync("educ");
        await page.WaitForSelectorAsync(".palette li >> text=education");
        await page.Keyboard.PressAsync("Enter");
        await watched.ReachAsync("/inputs?feature=education");
        await watched.SettleAsync();
        await watched.ShootAsync("palette-result");
    }

    [Fact]
    public async Task Ctrl_K_knows_features_and_tabs_of_other_models_and_incidents()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/self");
        var page = watched.Page;
        await page.Keyboard.PressAsync("Control+k");
        await page.WaitForSelectorAsync("dialog.palette[open]");
        foreach (
            var (typed, kind) in new[]
            {
                ("education", $"feature of {SeededModels.Price}"),
                ("house-price: seg", "page"),
                ("incident 1", ""),
            }
        )
        {
            await page.Locator(".palette input").FillAsync(typed);
            var found = page.Locator(".palette li", new PageLocatorOptions { HasText = kind.Length > 0 ? kind : "Incident 1" });
            await found.First.WaitForAsync();
        }
        await page.Keyboard.PressAsync("Enter");
        await watched.ReachAsync("/incidents/1");
    }

    [Fact]
    public async Task A_range_can_be_typed_and_minus_zooms_out()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        await page.Locator("summary[aria-label^='Time range']").ClickAsync();
        await page.GetByLabel("Until now from").FillAsync("now-3h");
        await page.Keyboard.PressAsync("Enter");
        await watched.ReachAsync("range=3h");
        await watched.SettleAsync();
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("-");
        await watched.ReachAsync("from=");
        await watched.SettleAsync();
        var scope = System.Web.HttpUtility.ParseQueryString(new Uri(page.Url).Query);
        Assert.Equal(6, (DateTimeOffset.Parse(scope["to"]!, null) - DateTimeOffset.Parse(scope["from"]!, null)).TotalHours, 0.01);
    }

    [Fact]
    public async Task Question_mark_shows_the_keys_and_t_changes_the_theme_for_good()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        var page = watched.Page;
        await page.Keyboard.PressAsync("?");
        await page.WaitForSelectorAsync("dialog.keys[open]");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("t");
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'light'");
        await page.Keyboard.PressAsync("t");
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'dark'");
        await watched.GoAsync("/self");
        Assert.Equal("dark", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [Fact]
    public async Task Dragging_over_a_chart_sets_the_range_of_the_page()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        var box = (await page.Locator(".chart .canvas").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.4f), box.Y + (box.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + (box.Height / 2), new MouseMoveOptions { Steps = 5 });
        await page.Mouse.UpAsync();
        await watched.ReachAsync("from=");
        Assert.Contains("to=", page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Every_chart_has_its_numbers_as_a_table()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        var twin = page.Locator(".chart details").First;
        await twin.Locator("summary").ClickAsync();
        await twin.Locator("table tbody tr").First.WaitForAsync();
        Assert.True(await twin.Locator("table tbody tr").CountAsync() > 20);
        Assert.Empty(await watched.CheckAsync("labels"));
    }
}

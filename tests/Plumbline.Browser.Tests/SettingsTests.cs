using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>What somebody does on the Settings page.</summary>
public sealed class SettingsTests(BrowserHost host)
{
    [Fact]
    public async Task A_receiver_is_added_tested_changed_and_removed_and_its_secret_is_never_shown()
    {
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync("/settings");
        await page.GetByText("Add a receiver").ClickAsync();
        await watched.ReachAsync("new=webhook");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("from-the-page");
        await page.GetByLabel("Secret of the signature").FillAsync("short");
        await page.GetByText("Save", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("at least 16 characters are needed").WaitForAsync();
        await page.GetByLabel("URL", new PageGetByLabelOptions { Exact = true }).FillAsync("http://127.0.0.1:9/from-the-page");
        await page.GetByLabel("Secret of the signature").FillAsync(SeededReceivers.Secret);
        await page.GetByText("Save", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("from-the-page is ready").WaitForAsync();
        await page.GetByLabel("Send a test to from-the-page").ClickAsync();
        await page.GetByText("from-the-page did not take the test").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "from-the-page", Exact = true }).ClickAsync();
        await watched.ReachAsync("receiver=from-the-page");
        await page.GetByText("Receiver from-the-page").WaitForAsync();
        Assert.Equal("", await page.GetByLabel("Secret of the signature").InputValueAsync());
        Assert.Equal("set; empty keeps it", await page.GetByLabel("Secret of the signature").GetAttributeAsync("placeholder"));
        Assert.DoesNotContain(SeededReceivers.Secret, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByText("Remove", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("Really remove it").ClickAsync();
        await page.GetByText("from-the-page was removed.").WaitForAsync();
        Assert.DoesNotContain(SeededReceivers.Secret, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_silence_is_declared_and_ended_and_a_mistake_is_told()
    {
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync("/settings/silences");
        await page.GetByLabel("Labels, all of which must match").FillAsync("model=from-the-page, feature=~inc.*");
        await page.GetByText("Silence", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("comment: 1..1000 characters").WaitForAsync();
        await page.GetByLabel("Why", new PageGetByLabelOptions { Exact = true }).FillAsync("trying it");
        await page.GetByLabel("For", new PageGetByLabelOptions { Exact = true }).FillAsync("2h");
        await page.GetByText("Silence", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("model=from-the-page, feature=~inc.*").WaitForAsync();
        await page.GetByLabel("End now: the silence of model=from-the-page, feature=~inc.*").ClickAsync();
        await page.GetByLabel("End now: the silence of model=from-the-page, feature=~inc.*")
            .WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Deliveries_are_filtered_through_the_address()
    {
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync("/settings/deliveries");
        await page.GetByText("caused by incident-1").WaitForAsync();
        await page.GetByLabel("State").SelectOptionAsync("silenced");
        await watched.ReachAsync("state=silenced");
        await page.GetByText("caused by incident-1").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Equal(1, await page.GetByText("an import that is known to be late").CountAsync());
        Assert.Empty(watched.Complaints);
    }
}

namespace Plumbline.Browser.Tests;

/// <summary>How often a live page reads again, as its reader chooses.</summary>
public sealed class PaceTests(BrowserHost host)
{
    [Fact]
    public async Task A_page_reads_again_at_the_chosen_pace_and_stands_still_when_paused()
    {
        await using var still = await host.OpenAsync();
        await still.GoAsync("/?paused=1");
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        var pace = watched.Page.GetByLabel("Read again");
        Assert.Equal("30s", await pace.InputValueAsync());
        await pace.SelectOptionAsync("10s");
        await watched.ReachAsync("refresh=10s");
        var request = await watched.Page.APIRequest.PutAsync(
            "/v1/models/comes-while-you-look",
            new() { DataObject = new { task = "binary" } }
        );
        Assert.True(request.Ok);
        try
        {
            await watched
                .Page.Locator("main")
                .GetByText("comes-while-you-look", new() { Exact = true })
                .First.WaitForAsync(new() { Timeout = 20_000 });
            Assert.Equal(0, await still.Page.GetByText("comes-while-you-look").CountAsync());
        }
        finally
        {
            await watched.Page.APIRequest.DeleteAsync("/v1/models/comes-while-you-look");
        }

        await pace.SelectOptionAsync("off");
        await watched.ReachAsync("paused=1");
        Assert.DoesNotContain("refresh=", watched.Page.Url, StringComparison.Ordinal);
        await watched.Page.Keyboard.PressAsync("Escape");
        await pace.SelectOptionAsync("1m");
        await watched.ReachAsync("refresh=1m");
        Assert.DoesNotContain("paused=", watched.Page.Url, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }
}

namespace Plumbline.Browser.Tests;

/// <summary>The pages of a classifier.</summary>
public sealed class ModelPageWalk(BrowserHost host) : PageWalk(host)
{
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "summary", Router },
            { "system", $"{Router}/system" },
            { "inputs", $"{Router}/inputs" },
            { "feature", $"{Router}/inputs?feature=income" },
            { "hostile-feature", $"{Router}/inputs?feature=%3Cscript%3Ealert(1)%3C%2Fscript%3E" },
            { "outputs", $"{Router}/outputs" },
            { "performance", $"{Router}/performance" },
            { "outcomes", $"{Router}/outcomes" },
            { "segments", $"{Router}/segments" },
            { "review-tab-none", $"{Router}/review" },
            { "review-tab-first", $"{Router}/review?new=1" },
            { "review-task-none", $"/review/{SeededModels.Router}" },
            { "decision-unknown", $"{Router}/predictions/nobody" },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Shows_without_complaint(string name, string address) => ShowAsync(name, address);

    [Fact]
    public async Task An_unknown_address_says_so()
    {
        await using var watched = await Host.OpenAsync();
        var answer = await watched.Page.GotoAsync("/no/such/page");
        Assert.Equal(404, answer!.Status);
        Assert.Equal("There is no such page", await watched.Page.TextContentAsync("h1"));
    }

    [Fact]
    public async Task Works_at_360_and_2560_px()
    {
        foreach (var width in new[] { 360, 2560 })
        {
            await using var watched = await Host.OpenAsync(width);
            await watched.GoAsync(Router);
            Assert.Empty(await watched.CheckAsync("overflow"));
        }
    }
}

namespace Plumbline.Browser.Tests;

/// <summary>Walks every page as a reader sees it: wide and narrow, light and dark.</summary>
public sealed class PageWalk(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    public static TheoryData<string, string> Pages =>
        new()
        {
            { "fleet", "/" },
            { "summary", Router },
            { "inputs", $"{Router}/inputs" },
            { "feature", $"{Router}/inputs?feature=income" },
            { "hostile-feature", $"{Router}/inputs?feature=%3Cscript%3Ealert(1)%3C%2Fscript%3E" },
            { "outputs", $"{Router}/outputs" },
            { "performance", $"{Router}/performance" },
            { "outcomes", $"{Router}/outcomes" },
            { "segments", $"{Router}/segments" },
            { "regression-outcomes", $"/models/{SeededModels.Price}/outcomes" },
            { "regression-segments", $"/models/{SeededModels.Price}/segments" },
            { "regression", $"/models/{SeededModels.Price}" },
            { "regression-inputs", $"/models/{SeededModels.Price}/inputs" },
            { "regression-performance", $"/models/{SeededModels.Price}/performance" },
            { "regression-outputs", $"/models/{SeededModels.Price}/outputs" },
            { "nothing-yet", "/models/no-traffic-yet" },
            { "explore", $"/explore/{SeededModels.Router}" },
            { "explore-all", "/explore" },
            { "decision-unknown", $"{Router}/predictions/nobody" },
            { "settings", "/settings" },
            { "settings-new", "/settings?new=email" },
            { "settings-change", "/settings?receiver=unreachable" },
            { "silences", "/settings/silences" },
            { "deliveries", "/settings/deliveries" },
            { "incidents", "/incidents" },
            { "incidents-none-of-a-kind", "/incidents?state=resolved&severity=critical&range=1h" },
            { "incident", "/incidents/1" },
            { "rules", $"{Router}/rules" },
            { "rule-new", $"{Router}/rules?new=1" },
            { "rule-edit", $"{Router}/rules?edit=feature-drift" },
            { "rules-nothing-yet", "/models/no-traffic-yet/rules" },
            { "self", "/self" },
            { "start", "/start" },
        };

    /// <summary>The checks of <c>checks.js</c> that hold for every page.</summary>
    internal static string[] Checks { get; } = ["failures", "overflow", "labels", "contrast", "cut", "focusable", "targets"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Shows_without_complaint(string name, string address)
    {
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var theme in new[] { "light", "dark" })
            {
                await using var watched = await host.OpenAsync(width, theme);
                await watched.GoAsync(address);
                await watched.ShootAsync($"{name}-{width}-{theme}");
                var findings = new List<string>(watched.Complaints);
                foreach (var check in Checks)
                    findings.AddRange((await watched.CheckAsync(check)).Select(finding => $"{check}: {finding}"));
                // Once in each theme and at each width: what else axe looks at is the same in the other two pictures.
                if ((width, theme) is (1440, "light") or (390, "dark"))
                    findings.AddRange((await watched.AxeAsync()).Select(finding => $"axe: {finding}"));
                Assert.True(
                    findings.Count == 0,
                    $"{address} at {width} px, {theme}:{Environment.NewLine}{string.Join(Environment.NewLine, findings)}"
                );
            }
        }
    }

    [Fact]
    public async Task An_unknown_address_says_so()
    {
        await using var watched = await host.OpenAsync();
        var answer = await watched.Page.GotoAsync("/no/such/page");
        Assert.Equal(404, answer!.Status);
        Assert.Equal("There is no such page", await watched.Page.TextContentAsync("h1"));
    }

    [Fact]
    public async Task Works_at_360_and_2560_px()
    {
        foreach (var width in new[] { 360, 2560 })
        {
            await using var watched = await host.OpenAsync(width);
            await watched.GoAsync(Router);
            Assert.Empty(await watched.CheckAsync("overflow"));
        }
    }
}

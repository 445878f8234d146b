using System.Text.Json;
using Microsoft.Playwright;
using Plumbline.Dashboard.Demo;
using Plumbline.Server.Tests.Demo;
using Plumbline.Server.Tests.Robustness;

namespace Plumbline.Browser.Tests;

/// <summary>
/// Two weeks of the demonstration: what the default rules make of its six troubles, and what people who come to its pages for the first
/// time find there.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class DemoWalkTests(BrowserHost host, FourteenDays demo) : IClassFixture<FourteenDays>
{
    [Fact]
    public async Task Six_troubles_make_six_incidents_that_name_them_and_quiet_days_make_none()
    {
        var incidents = await demo.IncidentsAsync();
        Assert.True(
            ToldStories.Problems(demo.Scenario, incidents) is { Count: 0 },
            string.Join('\n', [.. ToldStories.Problems(demo.Scenario, incidents), .. incidents.Select(ToldStories.Describe)])
        );
    }

    /// <summary>The engineer on call: from the fleet to what to do about country=BR with two presses.</summary>
    [Fact]
    public async Task From_the_fleet_it_is_two_presses_to_the_decisions_that_a_segment_gets_wrong()
    {
        await demo.IncidentsAsync();
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync($"{demo.Address}");
        Assert.Contains("open incidents, the worst critical", await page.TextContentAsync(".headline .sentence"), StringComparison.Ordinal);
        await page.Locator("td.lead a", new PageLocatorOptions { HasText = "country=BR goes bad" }).ClickAsync();
        await watched.ReachAsync("/incidents/");
        await watched.SettleAsync();

        var cause = page.Locator("article.cause").First;
        Assert.Contains("country=BR differs from the rest", await cause.TextContentAsync(), StringComparison.Ordinal);
        Assert.Contains("message_length moved", await cause.TextContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "look at decisions of country=BR" }).First.ClickAsync();
        await watched.ReachAsync("/explore/");
        await watched.SettleAsync();
        Assert.True(await page.Locator("table tbody tr").CountAsync() > 10, "no decisions are listed");
        Assert.Contains("BR", await page.TextContentAsync("table tbody"), StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    /// <summary>The product owner: what each model costs or earns a day, against a week ago, on the first page.</summary>
    [Fact]
    public async Task The_first_page_says_of_every_model_what_it_is_worth_in_a_day_and_against_the_week_before()
    {
        await demo.IncidentsAsync();
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync($"{demo.Address}");
        foreach (var model in (string[])["ticket-router", "handling-time", "refund-risk"])
        {
            var row = page.Locator("tr", new PageLocatorOptions { Has = page.Locator($"td.name a[href='/models/{model}']") });
            var money = await row.Locator(".money").TextContentAsync();
            Assert.Matches(@"EUR", money);
            Assert.Matches(@"[+−]\d+(\.\d+)? %", money);
        }

        // What the numbers are is said beside them.
        Assert.True(await page.GetByText("last complete 24 hours").CountAsync() > 0, await page.TextContentAsync("main"));
        await watched.ShootAsync("fleet-demo");
        Assert.Empty(watched.Complaints);
    }
}

/// <summary>Two weeks of the demonstration that end on a fixed day: the same history at any time.</summary>
public sealed class FourteenDays : IAsyncLifetime
{
    private const int Days = 14;

    private static readonly DateTimeOffset Until = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-demo-test-{Guid.NewGuid():N}");
    private RunningDemo? _running;
    private List<JsonElement>? _incidents;

    /// <summary>Where its pages are.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What is planted in it.</summary>
    public DemoScenario Scenario => DemoScenario.Read(_data)!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _running = RunningDemo.Start(_data, Days, "--no-live", "--until", $"{Until:O}");
        (Address, _) = await _running.ReadyAsync();
    }

    /// <summary>The incidents, once the rules have looked at all of it.</summary>
    public async Task<List<JsonElement>> IncidentsAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address };
        return _incidents ??= await ToldStories.SettledAsync(http);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _running?.Dispose();
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
        return ValueTask.CompletedTask;
    }
}

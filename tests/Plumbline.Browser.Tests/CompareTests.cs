using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>A model's page compared with a segment, a version, an earlier time: in the address, in charts and as a table.</summary>
public sealed class CompareTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    [Fact]
    public async Task A_segment_is_chosen_drawn_and_told_with_its_difference()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/performance?window=1h");
        var chooser = watched.Page.GetByLabel("Compare with");
        await chooser.SelectOptionAsync("country:BR");
        await watched.ReachAsync("compare=country%3ABR");
        await watched.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Against country: BR" }).WaitForAsync();
        await watched.SettleAsync();
        var row = watched.Page.Locator(
            "table.compared tr",
            new PageLocatorOptions { Has = watched.Page.GetByText("Accuracy", new PageGetByTextOptions { Exact = true }) }
        );
        var cells = (await row.Locator("td").AllInnerTextsAsync()).Select(text => text.Trim()).ToList();
        var own = await MeanAsync("", TimeSpan.Zero);
        var other = await MeanAsync("country=BR", TimeSpan.Zero);
        Assert.Equal(own.Mean, Number(cells[1]), 0.0006);
        Assert.Equal(other.Mean, Number(cells[3]), 0.0006);
        Assert.Equal(own.Mean - other.Mean, Number(cells[5]), 0.0006);
        var interval = cells[6].Split(" .. ").Select(Number).ToArray();
        Assert.True(interval[0] > 0 && interval[0] < own.Mean - other.Mean && interval[1] > own.Mean - other.Mean, cells[6]);
        // The line of B in the picture: its name in the legend, its points in what is drawn.
        await watched.Page.Locator(".newest.quiet", new PageLocatorOptions { HasText = "realised, country: BR" }).First.WaitForAsync();
        var drawn = await DrawnAsync(watched, "accuracy, estimated and realised", "realised, country: BR");
        Assert.True(drawn.Count > 100);
        Assert.All(drawn, pair => Assert.Equal(other.Points[pair.Key], pair.Value, 12));
        foreach (var check in PageWalk.Checks)
            Assert.Empty(await watched.CheckAsync(check));
        Assert.Empty(await watched.AxeAsync());
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Earlier_windows_lie_under_those_of_the_page_and_the_choice_goes_along()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}?window=1h&range=24h&compare=period:1d");
        var drawn = await DrawnAsync(watched, "Errors and timeouts", "errors, 1 d earlier");
        var errors = await PointsAsync("system.error_rate", "");
        Assert.True(drawn.Count > 10);
        Assert.All(drawn, pair => Assert.Equal(errors[pair.Key.AddDays(-1)], pair.Value, 12));
        await watched.Page.Locator(".tabs a", new PageLocatorOptions { HasText = "Outputs" }).ClickAsync();
        await watched.ReachAsync("/outputs");
        Assert.Contains("compare=period", watched.Page.Url, StringComparison.Ordinal);
        var confidence = watched.Page.Locator("table.compared tr", new PageLocatorOptions { HasText = "Confidence" });
        Assert.Matches(@"[+\u2212][\d.]+ points|\b0\b", await confidence.Locator("td[data-label='A minus B']").InnerTextAsync());
        await watched.Page.GetByText("Compare with nothing").ClickAsync();
        await watched.Page.WaitForFunctionAsync("() => !location.href.includes('compare=')");
        // The address is there before the page that it is of.
        await watched.Page.Locator("table.compared").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_version_without_numbers_of_a_metric_says_not_enough_data()
    {
        await using var watched = await host.OpenAsync(390, "dark");
        await watched.GoAsync($"{Router}/performance?compare=version:v6");
        await watched.ShootAsync("compare-version-390-dark");
        Assert.Contains("not enough data", await watched.Page.Locator("table.compared").InnerTextAsync(), StringComparison.Ordinal);
        foreach (var check in PageWalk.Checks)
            Assert.Empty(await watched.CheckAsync(check));
        Assert.Empty(await watched.AxeAsync());
    }

    [Theory]
    [InlineData("version:v9", "ticket-router has no version v9")]
    [InlineData("country:XX", "ticket-router has no segment country=XX")]
    [InlineData("nonsense", "Nothing can be compared with nonsense")]
    [InlineData("period:soon", "Nothing can be compared with period:soon")]
    public async Task What_is_not_there_is_said(string text, string title)
    {
        await using var watched = await host.OpenAsync();
        var answer = await watched.Page.GotoAsync($"{Router}?compare={Uri.EscapeDataString(text)}");
        Assert.Equal(404, answer!.Status);
        await watched.SettleAsync();
        Assert.Equal(title, await watched.Page.TextContentAsync("h1"));
    }

    private static double Number(string text) =>
        double.Parse(text.Replace('\u2212', '-').Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>The values of a line as the chart module has them, by the start of the window under which they lie.</summary>
    private static async Task<Dictionary<DateTimeOffset, double>> DrawnAsync(WatchedPage watched, string chart, string line)
    {
        var points = await watched.Page.EvaluateAsync<JsonElement>(
            """
            async ([chart, line]) => {
              const { described } = await import('/js/charts.js');
              const figures = [...document.querySelectorAll('figure.chart')];
              const figure = figures.find(f => f.getAttribute('aria-label').toLowerCase() === chart.toLowerCase());
              return described(figure.querySelector('.canvas')).series.find(s => s.name === line)?.points ?? [];
            }
            """,
            new[] { chart, line }
        );
        return points
            .EnumerateArray()
            .Where(point => point[1].ValueKind == JsonValueKind.Number)
            .ToDictionary(point => DateTimeOffset.FromUnixTimeMilliseconds(point[6].GetInt64()), point => point[1].GetDouble());
    }

    private async Task<(double Mean, Dictionary<DateTimeOffset, double> Points)> MeanAsync(string segment, TimeSpan earlier)
    {
        var since = host.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-7) - earlier;
        var points = await ReadAsync("performance.accuracy", segment);
        var known = points.Where(point => point.At >= since).ToList();
        return (
            known.Sum(point => point.Value * point.N) / known.Sum(point => point.N),
            known.ToDictionary(point => point.At, point => point.Value)
        );
    }

    private async Task<Dictionary<DateTimeOffset, double>> PointsAsync(string metric, string segment) =>
        (await ReadAsync(metric, segment)).ToDictionary(point => point.At, point => point.Value);

    private async Task<List<(DateTimeOffset At, double Value, long N)>> ReadAsync(string metric, string segment)
    {
        await using var watched = await host.OpenAsync();
        var response = await watched.Page.APIRequest.GetAsync(
            $"/v1/models/{SeededModels.Router}/metrics?metric={metric}&window=1h&version=&from=2020-01-01&to=2100-01-01"
                + $"&segment={Uri.EscapeDataString(segment)}"
        );
        return
        [
            .. JsonDocument
                .Parse(await response.BodyAsync())
                .RootElement.GetProperty("points")
                .EnumerateArray()
                .Where(point => point.GetProperty("value").ValueKind == JsonValueKind.Number)
                .Select(point =>
                    (
                        DateTimeOffset.Parse(point.GetProperty("window_start").GetString()!, CultureInfo.InvariantCulture),
                        point.GetProperty("value").GetDouble(),
                        point.GetProperty("n").GetInt64()
                    )
                ),
        ];
    }
}

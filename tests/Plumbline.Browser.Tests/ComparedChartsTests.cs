using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>
/// Every chart of a model's page shows what the page is compared with, in its drawing, its words and its files, or says why it does not. A
/// chart is found by what it is, so that a new one that ignores the comparison fails here.
/// </summary>
public sealed class ComparedChartsTests(BrowserHost host)
{
    private const string Refunds = "/models/" + ComparedModel.Name;

    /// <summary>The last five days of ten; the five before are another period.</summary>
    private const string Range = "from=2026-03-07T00:00:00Z&to=2026-03-12T00:00:00Z&window=1d";

    /// <summary>Charts without the comparison, and the labels of all charts.</summary>
    private const string Look = """
        async words => {
          const { described } = await import('/js/charts.js');
          const holds = spec => spec.compared?.words === words || spec.comparedWords === words || spec.steps?.[0].name === 'B'
            || (spec.series ?? []).some(line => line.quiet && line.name.endsWith(words));
          // In the part of a panel where the picture is, or for the whole panel.
          const part = '.panels > :not(.panel)', why = '[data-not-compared]';
          const said = picture => picture.closest(part)?.querySelector(why)
            || [...picture.closest('.panel').querySelectorAll(why)].some(words => !words.closest(part));
          const found = { seen: [], silent: [] };
          for (const picture of document.querySelectorAll('main :is(figure.chart, table.matrix, svg[role="img"], canvas)')) {
            if (picture.matches('canvas') && picture.closest('figure.chart')) continue;
            const label = picture.getAttribute('aria-label') ?? picture.querySelector('caption')?.textContent ?? picture.tagName;
            found.seen.push(label);
            const pair = picture.closest('.sides[data-compared]');
            if (pair) {
              if (!pair.textContent.includes(`B: ${words}`)) found.silent.push(`${label}: the pair does not say whose B is`);
            }
            else if (picture.hasAttribute('data-compared')) {
              const spec = picture.matches('figure') ? described(picture.querySelector('.canvas')) : null;
              if (spec && !holds(spec)) found.silent.push(`${label}: marked, and not in the drawing`);
              if (spec && !picture.querySelector('figcaption').textContent.includes(words)) found.silent.push(`${label}: not in its words`);
            }
            else if (!said(picture)) found.silent.push(label);
          }
          return found;
        }
        """;

    public static TheoryData<string, string, string> Comparisons =>
        new()
        {
            { $"{Refunds}?{Range}", "period:5d", "5 d earlier" },
            { $"{Refunds}?{Range}", "version:v1", "v1" },
            { $"{Refunds}?{Range}", "country:BR", "country: BR" },
            { $"/models/{SeededModels.Router}?window=1d", "country:BR", "country: BR" },
            { $"/models/{SeededModels.Router}?range=3d", "period:1d", "1 d earlier" },
            { $"/models/{SeededModels.Price}?range=3d", "period:1d", "1 d earlier" },
        };

    [Theory]
    [MemberData(nameof(Comparisons))]
    public async Task Every_chart_of_every_tab_shows_both_or_says_why_not(string address, string compare, string words)
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        await ComparedModel.SendAsync(host.Address);
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{address}&compare={compare}");
        var tabs = await watched.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('nav.tabs a[href^=\"/models/\"]')].map(tab => tab.getAttribute('href'))"
        );
        Assert.True(tabs.Length >= 6, string.Join(", ", tabs));
        List<string> silent = [];
        List<string> seen = [];
        foreach (var tab in tabs.Concat(tabs.Where(tab => tab.Contains("/inputs", StringComparison.Ordinal)).Select(OfFeature)))
        {
            await watched.GoAsync(tab);
            var found = await watched.Page.EvaluateAsync<JsonElement>(Look, words);
            seen.AddRange(found.GetProperty("seen").EnumerateArray().Select(label => label.GetString()!));
            silent.AddRange(found.GetProperty("silent").EnumerateArray().Select(label => $"{tab}: {label.GetString()}"));
            foreach (var check in PageWalk.Checks)
                silent.AddRange((await watched.CheckAsync(check)).Select(finding => $"{tab}: {check}: {finding}"));
        }

        Assert.True(silent.Count == 0, string.Join('\n', silent));
        Assert.True(seen.Count >= 10, string.Join('\n', seen));
        Assert.Empty(watched.Complaints);
    }

    /// <summary>What lies on A as B is what the page of B shows by itself.</summary>
    [Theory]
    [InlineData("version:v1", "version=v1", "v1", "all versions")]
    [InlineData("country:BR", "segment=country%3DBR", "country: BR", "all rows")]
    [InlineData("period:5d", "from=2026-03-02T00:00:00Z&to=2026-03-07T00:00:00Z", "5 d earlier", "this range")]
    public async Task B_is_what_its_own_page_shows(string compare, string alone, string words, string own)
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        await ComparedModel.SendAsync(host.Address);
        await using var watched = await host.OpenAsync();
        var range = alone.StartsWith("from", StringComparison.Ordinal) ? "window=1d" : Range;
        await watched.GoAsync($"{Refunds}/performance?{range}&{alone}");
        var (roc, bins, matrix) = (
            await SpecAsync(watched, "ROC curve"),
            await SpecAsync(watched, "Calibration"),
            await MatrixAsync(watched)
        );
        await watched.GoAsync($"{Refunds}/outputs?{range}&{alone}");
        var shares = await SpecAsync(watched, "Share per class");
        Assert.True(roc.GetProperty("points").GetArrayLength() > 10);

        await watched.GoAsync($"{Refunds}/performance?{Range}&compare={compare}");
        Assert.Equal(roc.GetProperty("points").GetRawText(), Other(await SpecAsync(watched, "ROC curve")).GetRawText());
        static List<string> Bins(JsonElement points) =>
            [.. points.EnumerateArray().Select(bin => $"{bin.GetProperty("mean")} {bin.GetProperty("rate")} {bin.GetProperty("n")}")];
        Assert.Equal(Bins(bins.GetProperty("points")), Bins(Other(await SpecAsync(watched, "Calibration"))));
        var both = await MatrixAsync(watched);
        Assert.Equal(2 * matrix.Length, both.Length);
        Assert.Equal(matrix, both[matrix.Length..]);
        Assert.NotEqual(matrix, both[..matrix.Length]);
        await watched.GoAsync($"{Refunds}/outputs?{Range}&compare={compare}");
        // Moved onto the windows of the page, all else the same.
        static List<string> Cells(JsonElement spec) =>
            [.. spec.GetProperty("cells").EnumerateArray().Select(cell => string.Join(' ', cell.EnumerateArray().Skip(2)))];
        var side = await SpecAsync(watched, $"Share per class, B: {words}");
        Assert.Equal(Cells(shares), Cells(side));
        Assert.Equal(
            (await SpecAsync(watched, "Share per class, A: " + own)).GetProperty("from").GetInt64(),
            side.GetProperty("from").GetInt64()
        );
    }

    [Fact]
    public async Task Files_of_a_panel_and_tables_of_a_chart_hold_both()
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        await ComparedModel.SendAsync(host.Address);
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Refunds}/performance?{Range}&compare=country:BR");
        var csv = await FileAsync(watched, "csv", "Error breakdown");
        Assert.Contains("side,score at least,", csv, StringComparison.Ordinal);
        Assert.Contains("A: all rows,", csv, StringComparison.Ordinal);
        Assert.Contains("B: country: BR,", csv, StringComparison.Ordinal);
        Assert.Contains("Confusion matrix, B: country: BR", csv, StringComparison.Ordinal);
        var json = JsonDocument.Parse(await FileAsync(watched, "json", "Error breakdown")).RootElement;
        Assert.Equal("country:BR", json.GetProperty("compare").GetString());
        Assert.Equal(
            4,
            json.GetProperty("tables").EnumerateArray().Count(table => table.GetRawText().Contains("country: BR", StringComparison.Ordinal))
                + json.GetProperty("tables")
                    .EnumerateArray()
                    .Count(table => table.GetProperty("title").GetString()!.Contains("A: all rows", StringComparison.Ordinal))
        );
        var roc = watched.Page.GetByRole(AriaRole.Group, new() { Name = "ROC curve", Exact = true });
        var said = await HoveredAsync(watched, watched.Page.GetByRole(AriaRole.Group, new() { Name = "Calibration", Exact = true }));
        Assert.Contains("A: all rows", said, StringComparison.Ordinal);
        Assert.Contains("B: country: BR", said, StringComparison.Ordinal);
        await roc.Locator("summary").ClickAsync();
        await roc.Locator("tbody tr").First.WaitForAsync();
        var sides = await roc.Locator("tbody tr td:first-child").AllInnerTextsAsync();
        Assert.Equal(["A", "B"], sides.Distinct());

        await watched.GoAsync($"{Refunds}/inputs?{Range}&compare=country:BR");
        var heat = await FileAsync(watched, "csv", "Drift by feature and time");
        Assert.StartsWith("chart,window_start,", heat, StringComparison.Ordinal);
        Assert.Contains("\"Drift by feature and time, A: all rows\"", heat, StringComparison.Ordinal);
        Assert.Contains("\"Drift by feature and time, B: country: BR\"", heat, StringComparison.Ordinal);
        await watched.GoAsync($"{Refunds}/outputs?{Range}&compare=country:BR");
        var shares = await FileAsync(watched, "csv", "Share per class");
        Assert.Contains("\"Share per class, B: country: BR\"", shares, StringComparison.Ordinal);
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData(1440, "light")]
    [InlineData(390, "light")]
    [InlineData(1440, "dark")]
    public async Task Both_fit_wide_narrow_and_dark(int width, string theme)
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        await ComparedModel.SendAsync(host.Address);
        await using var watched = await host.OpenAsync(width, theme);
        foreach (var tab in new[] { "inputs", "inputs?feature=amount", "outputs", "performance", "outcomes", "segments" })
        {
            var name = tab.Replace("?feature=", "-", StringComparison.Ordinal);
            var compare = tab is "outcomes" or "segments" ? "period:5d" : "country:BR";
            await watched.GoAsync($"{Refunds}/{tab}{(tab.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Range}&compare={compare}");
            await watched.ShootAsync($"compared-{name}-{width}-{theme}");
            foreach (var check in PageWalk.Checks)
                Assert.Empty(await watched.CheckAsync(check));
            if (theme == "light")
                Assert.Empty(await watched.AxeAsync());
        }
    }

    /// <summary>All that a chart says to a pointer that goes over it.</summary>
    private static async Task<string> HoveredAsync(WatchedPage watched, ILocator chart)
    {
        var canvas = chart.Locator(".canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = await canvas.BoundingBoxAsync() ?? throw new InvalidOperationException("the chart is not shown");
        var said = new StringBuilder();
        for (var at = 0; at < 900; at++)
        {
            await watched.Page.Mouse.MoveAsync(
                box.X + (box.Width * ((at % 30) + 0.5f) / 30),
                box.Y + (box.Height * ((at / 30) + 0.5f) / 30)
            );
            said.AppendLine(
                await chart.Locator(".tooltip").CountAsync() > 0 ? await chart.Locator(".tooltip").First.TextContentAsync() : ""
            );
        }

        return said.ToString();
    }

    private static string OfFeature(string tab) => $"{tab}{(tab.Contains('?', StringComparison.Ordinal) ? '&' : '?')}feature=age";

    private static JsonElement Other(JsonElement spec) => spec.GetProperty("compared").GetProperty("shown").GetProperty("points");

    /// <summary>What a chart is drawn from, by the beginning of its name.</summary>
    private static Task<JsonElement> SpecAsync(WatchedPage watched, string label) =>
        watched.Page.EvaluateAsync<JsonElement>(
            """
            async label => {
              const { described } = await import('/js/charts.js');
              const figures = [...document.querySelectorAll('figure.chart')], named = figure => figure.getAttribute('aria-label');
              const found = figures.find(f => named(f) === label) ?? figures.find(f => named(f).startsWith(`${label},`));
              if (!found) throw new Error(`no ${label} among ${figures.map(named).join('; ')}`);
              return described(found.querySelector('.canvas'));
            }
            """,
            label
        );

    private static Task<string[]> MatrixAsync(WatchedPage watched) =>
        watched.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('table.matrix tbody td')].map(cell => cell.textContent.trim())"
        );

    private static Task<string> FileAsync(WatchedPage watched, string kind, string panel) =>
        watched.Page.EvaluateAsync<string>(
            """
            async ([kind, title]) => (await import('/js/save.js'))[kind](
              [...document.querySelectorAll('.panel')].find(panel => panel.querySelector('h2').textContent === title))
            """,
            new[] { kind, panel }
        );
}

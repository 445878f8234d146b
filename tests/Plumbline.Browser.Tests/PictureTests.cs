using System.Globalization;

namespace Plumbline.Browser.Tests;

/// <summary>What a chart shows: an axis that fits, marks that lead somewhere, one large number, each measure once.</summary>
public sealed class PictureTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    [Fact]
    public async Task A_mark_says_what_it_is_and_leads_there_and_none_lies_on_another()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var page = watched.Page;
        var incident = page.Locator(".chart a.mark.incident").First;
        Assert.Matches("^Incident \\d+, (critical|warning|digest): .+", await incident.GetAttributeAsync("title"));
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                """
                () => [...document.querySelectorAll('.chart .marks')].reduce((sum, holder) => {
                  const boxes = [...holder.children].map(mark => mark.getBoundingClientRect()).sort((a, b) => a.left - b.left);
                  return sum + boxes.filter((box, at) => at > 0 && box.left < boxes[at - 1].right).length;
                }, 0)
                """
            )
        );
        await incident.ClickAsync();
        await watched.ReachAsync("/incidents/");
        await watched.SettleAsync();
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData("[{ points: [[0, 0, null, null]] }]", "share", 0.0, 0.06)] // a constant 0 % has no axis to 100 %
    [InlineData("[{ points: [[0, 0.5, 0, 1], [1, 0.52, 0, 1]] }]", "share", 0.0, 1.0)] // a band shows what it covers
    [InlineData("[{ points: [[0, 0.97, 0.95, 0.99], [1, 0.98, 0.96, 1]] }]", "share", null, 1.0)] // no share above 1
    public async Task An_axis_fits_what_is_on_it(string series, string unit, double? min, double most)
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/start");
        var from = min is { } start ? start.ToString(CultureInfo.InvariantCulture) : "null";
        var axis = await watched.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const axes = await import('/js/axes.js');
              const { min, max } = axes.bounds({ series: {{series}}, unit: '{{unit}}', min: {{from}}, max: null, height: 160 });
              return [min, max];
            }
            """
        );
        Assert.InRange(axis[1], most * 0.999, most * 1.001);
        Assert.True(axis[0] >= 0 && axis[0] < axis[1]);
    }

    [Fact]
    public async Task Each_measure_is_drawn_once_and_its_newest_number_stands_above()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router + "/performance");
        var titles = await watched.Page.Locator("h3").AllInnerTextsAsync();
        foreach (var title in new[] { "Accuracy", "F1", "Precision", "Recall", "ROC AUC" })
            Assert.Equal(1, titles.Count(found => found == title));
        Assert.Contains("Log loss", titles);
        Assert.Matches("0\\.\\d+", await watched.Page.Locator(".newest strong").First.InnerTextAsync());
    }

    [Fact]
    public async Task What_was_read_for_another_range_is_not_shown_under_the_new_one()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        await watched.Page.EvaluateAsync(
            """
            () => {
              window.stale = [];
              new MutationObserver(() => {
                for (const chart of document.querySelectorAll('.panel[aria-busy=true] .chart'))
                  window.stale.push(chart.getAttribute('aria-label'));
              }).observe(document.body, { subtree: true, childList: true, attributes: true });
            }
            """
        );
        await watched.Page.Locator("summary[aria-label^='Time range']").ClickAsync();
        await watched.Page.GetByText("Last 14 days").ClickAsync();
        await watched.ReachAsync("range=14d");
        await watched.SettleAsync();
        Assert.Empty(await watched.Page.EvaluateAsync<string[]>("window.stale"));
    }
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Browser.Tests;

/// <summary>A range that is shorter than ground truth takes: the newest judged period is shown all the same, with its day.</summary>
public sealed class LateLabelTests(BrowserHost host)
{
    [Fact]
    public async Task The_overview_shows_the_newest_judged_day_and_the_estimate_beside_it()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"/models/{SeededModels.Router}?range=24h");
        var judged = await NewestAsync("performance.accuracy");
        var tile = await watched.Page.Locator(".tile.judged").InnerTextAsync();
        Assert.Contains(Written(judged.Value!.Value), tile, StringComparison.Ordinal);
        Assert.Contains(judged.WindowStart.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture), tile, StringComparison.Ordinal);
        var estimate = await NewestAsync("estimated.accuracy");
        Assert.True(estimate.WindowStart > judged.WindowStart);
        Assert.Contains(
            Written(estimate.Value!.Value),
            await watched.Page.Locator(".tile.estimated").InnerTextAsync(),
            StringComparison.Ordinal
        );
        await watched.ShootAsync("late-labels");

        // The link beside it leads to where the ground truth is.
        await watched.Page.GetByText("Show the newest that has").ClickAsync();
        await watched.ReachAsync("from=");
        // It is there until what was chosen has been read.
        await watched.Page.GetByText("Show the newest that has").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await watched.SettleAsync();
        Assert.Equal(0, await watched.Page.GetByText("Show the newest that has").CountAsync());
        Assert.Empty(watched.Complaints);
    }

    private async Task<MetricPoint> NewestAsync(string metric)
    {
        var model = host.Services.GetRequiredService<ModelCatalog>().Find(SeededModels.Router)!;
        var now = host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var points = await host
            .Services.GetRequiredService<MetricPointStore>()
            .ReadAsync(
                model,
                new MetricQuery
                {
                    Metrics = [metric],
                    From = now.AddDays(-20),
                    To = now,
                    Window = CoarseWindows.Day,
                },
                CancellationToken.None
            );
        return points.Last(point => point.Value is not null);
    }

    private static string Written(double value) => value.ToString("0.000", CultureInfo.InvariantCulture).TrimEnd('0');
}

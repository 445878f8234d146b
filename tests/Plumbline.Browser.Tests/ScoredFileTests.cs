using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Plumbline.Server.Tests.FirstLines;
using Plumbline.Server.Tests.Processes;
using Plumbline.Server.Tests.Robustness;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A data scientist with a file of scored predictions and one command, as docs/command-line.md prints it: a picture of drift and of
/// performance within a minute.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed partial class ScoredFileTests(BrowserHost host)
{
    /// <summary>Of the command, and of everything that a page is waited for.</summary>
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    private static string Printed =>
        Shortest().Match(File.ReadAllText(Path.Combine(BrowserHost.Repository, "docs", "command-line.md"))).Value;

    [Fact]
    public async Task One_printed_command_gives_a_picture_of_drift_and_of_performance()
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-scored-").FullName;
        try
        {
            using var server = PlumblineProcess.Serve(Path.Combine(folder, "data"));
            var words = Printed.Split(' ');
            Assert.Equal(["plumbline", "import"], words[..2]);
            var (model, file) = (words[2], words[3]);
            await File.WriteAllTextAsync(Path.Combine(folder, file), ScoredFile.Text(), TestContext.Current.CancellationToken);
            var address = await server.ListensAsync();
            // As it is printed, told only where the program and the server are.
            var line = $"cd '{folder}' && dotnet '{BuiltServer.Program}'{Printed["plumbline".Length..]}";
            var said = await ShellLine.RunAsync(line, $"--server {address}").WaitAsync(Minute, TimeProvider.System);
            Assert.Contains($"predictions: {ScoredFile.Rows:N0} rows read, {ScoredFile.Rows:N0} accepted", said, StringComparison.Ordinal);
            Assert.Contains($"see {address}models/{model}", said, StringComparison.Ordinal);

            await using var watched = await host.OpenAsync();
            await watched.GoAsync($"{address}?refresh=10s");
            await FromTheFleetToTheDriftAsync(watched, model);
            await FromTheModelToItsPerformanceAsync(watched, model);
            Assert.Empty(watched.Complaints);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The fleet names the feature, so does an incident, and the feature's page shows since when.</summary>
    private static async Task FromTheFleetToTheDriftAsync(WatchedPage watched, string model)
    {
        var page = watched.Page;
        var incident = page.Locator("td.lead a", new PageLocatorOptions { HasText = $"{model}: {ScoredFile.Drifting} drifts" });
        var row = page.Locator("tr", new PageLocatorOptions { Has = page.Locator($"td.name a[href='/models/{model}']") });
        // The page reads again by itself while the windows are computed and the rules look.
        await row.GetByText($"{ScoredFile.Drifting} drifts").WaitForAsync();
        await LookAsync(watched, "scored-fleet");
        // In the list of all: one whose loss is not known yet is for the digest, and the fleet lists what is urgent.
        await page.GetByRole(AriaRole.Link, new() { Name = "Incidents", Exact = true }).First.ClickAsync();
        // What is known of a file ends with it: no list lets its incidents last longer from day to day.
        var listed = page.Locator("tr", new PageLocatorOptions { Has = incident });
        await listed.GetByText("when the data ended").First.WaitForAsync();
        // What moved, and what was lost by it, is one cause: by the day as by the hour.
        Assert.Equal(1, await page.Locator("td.lead a", new PageLocatorOptions { HasText = $"{model}: " }).CountAsync());
        await incident.ClickAsync();
        await watched.ReachAsync("/incidents/");
        await watched.SettleAsync();
        await LookAsync(watched, "scored-incident");
        await page.Locator("article.cause").First.GetByRole(AriaRole.Link, new() { Name = ScoredFile.Drifting }).First.ClickAsync();
        await watched.ReachAsync($"/models/{model}/inputs?");
        await watched.ReachAsync($"feature={ScoredFile.Drifting}");
        await watched.SettleAsync();
        await LookAsync(watched, "scored-drift");
        var ranked = page.Locator("section.panel:has(h2:text-is('Features')) tbody tr");
        Assert.Equal(ScoredFile.Drifting, await ranked.First.Locator("td.lead").TextContentAsync());
        var moved = ranked.Filter(new() { Has = page.Locator(".status.bad, .status.watch") });
        Assert.Equal([ScoredFile.Drifting], await moved.Locator("td.lead").AllTextContentsAsync());
        var drift = await NumbersAsync(watched, $"Drift of {ScoredFile.Drifting}");
        Assert.True(drift.Count > 10, $"{drift.Count} windows are drawn");
        Assert.True(drift[^1] > 0.25, $"the newest PSI is {drift[^1]}");
    }

    /// <summary>From the fleet to the model, which shows all of the file, and to what its answers were worth.</summary>
    private static async Task FromTheModelToItsPerformanceAsync(WatchedPage watched, string model)
    {
        var page = watched.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Fleet", Exact = true }).First.ClickAsync();
        await page.Locator($"td.name a[href='/models/{model}']").ClickAsync();
        await watched.ReachAsync($"/models/{model}");
        await watched.SettleAsync();
        await LookAsync(watched, "scored-model");
        Assert.Contains($"{ScoredFile.Drifting} drifts", await page.TextContentAsync(".headline"), StringComparison.Ordinal);
        Assert.Contains("the first complete days", await page.TextContentAsync(".headline"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Performance", Exact = true }).ClickAsync();
        await watched.ReachAsync($"/models/{model}/performance");
        await watched.SettleAsync();
        await LookAsync(watched, "scored-performance");
        var realised = await NumbersAsync(watched, "Accuracy, estimated and realised", column: "realised");
        // Nearly eighty days: the good ones are in the picture, so that the fall can be seen.
        Assert.InRange(realised.Count, 75, 80);
        var (before, after) = (realised.Take(55).Average(), realised.TakeLast(15).Average());
        Assert.True(before - after > 0.05, $"accuracy {before} before, {after} after");
    }

    /// <summary>The numbers of a drawn chart, oldest first, as its table says them.</summary>
    private static async Task<List<double>> NumbersAsync(WatchedPage watched, string chart, string? column = null)
    {
        var figure = watched.Page.GetByRole(AriaRole.Group, new() { Name = chart, Exact = true }).First;
        Assert.True(await figure.Locator(".canvas[data-drawn] canvas, .canvas[data-drawn] svg").CountAsync() > 0, $"{chart} is not drawn");
        await figure.Locator("summary").ClickAsync();
        await figure.Locator("table tbody tr").First.WaitForAsync();
        var heads = await figure.Locator("table thead th").AllTextContentsAsync();
        var at = column is null ? 1 : heads.ToList().IndexOf(column);
        Assert.True(at > 0, $"{chart} has the columns {string.Join(", ", heads)}");
        var cells = await figure.Locator($"table tbody tr td:nth-child({at + 1})").AllTextContentsAsync();
        var numbers = cells.Where(cell => cell.Trim().Length > 0).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToList();
        numbers.Reverse();
        return numbers;
    }

    /// <summary>What holds for every page, here with what an import makes: narrow and dark beside wide and light.</summary>
    private static async Task LookAsync(WatchedPage watched, string name)
    {
        var page = watched.Page;
        foreach (var (width, theme) in ((int, ColorScheme)[])[(390, ColorScheme.Dark), (1440, ColorScheme.Dark), (1440, ColorScheme.Light)])
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new() { ColorScheme = theme });
            await watched.SettleAsync();
            await watched.ShootAsync($"{name}-{width}-{theme}".ToLowerInvariant());
            foreach (var check in PageWalk.Checks)
                Assert.Empty(await watched.CheckAsync(check));
        }
    }

    [GeneratedRegex(@"^plumbline import \S+ \S+\.csv$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Shortest();
}

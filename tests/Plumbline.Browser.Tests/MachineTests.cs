using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Models;

namespace Plumbline.Browser.Tests;

/// <summary>The tab System: a query is tried, saved, and said to be in trouble; the machine is drawn beside the rest.</summary>
public sealed class MachineTests(BrowserHost host)
{
    private const string Tab = "/models/" + SeededModels.Router + "/system";

    [Fact]
    public async Task A_query_is_tried_and_saved_and_its_trouble_is_told()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Tab}?new=1");
        var page = watched.Page;
        await page.GetByLabel("Begin with").SelectOptionAsync("node-memory");
        await page.WaitForFunctionAsync("() => document.querySelector('textarea').value.includes('node_memory')");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Try it" }).ClickAsync();
        await page.GetByText("it cannot be reached").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByText("Saved.").WaitForAsync();
        var row = page.Locator("tr", new PageLocatorOptions { HasText = "node_memory_MemAvailable_bytes" });
        await row.WaitForAsync();
        Assert.Contains("Memory", await row.TextContentAsync(), StringComparison.Ordinal);
        await watched.GoAsync($"{Tab}?edit=memory");
        await page.Locator("tr", new PageLocatorOptions { HasText = "it cannot be reached" }).WaitForAsync();
        Assert.Contains("MemAvailable", await page.Locator("textarea").InputValueAsync(), StringComparison.Ordinal);
        Assert.Empty(await watched.AxeAsync());
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove" }).ClickAsync();
        await page.GetByText("Nothing is asked about the machine.").WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_moved_first_is_told_above_the_charts_of_all_layers()
    {
        var model = host.Services.GetRequiredService<ModelCatalog>().Find(SeededModels.Price)!;
        var end = model.WindowStart(TimeProvider.System.GetUtcNow());
        var points = Enumerable
            .Range(1, 160)
            .Select(back => new MetricPoint
            {
                Metric = MachineMetrics.Cpu,
                WindowStart = end - (back * model.Window),
                WindowEnd = end - ((back - 1) * model.Window),
                Value = back <= 20 ? 0.97 : 0.4 + (0.01 * (back % 3)),
                N = 60,
                Status = MetricStatus.Ok,
            });
        await host.Services.GetRequiredService<MetricPointStore>().WriteAsync(model.Id, [.. points], CancellationToken.None);
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"/models/{SeededModels.Price}/system?range=3d");
        var first = watched.Page.Locator("table.listed tr", new PageLocatorOptions { HasText = "CPU" });
        Assert.Contains("97 %", await first.First.TextContentAsync(), StringComparison.Ordinal);
        Assert.Contains("41 %", await first.First.TextContentAsync(), StringComparison.Ordinal);
        Assert.True(await watched.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Saturation" }).IsVisibleAsync());
        Assert.True(await watched.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "p95 latency" }).IsVisibleAsync());
        await watched.ShootAsync("system-light");
        Assert.Empty(await watched.AxeAsync());
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_fired_before_an_incident_stands_beside_it()
    {
        await using var watched = await host.OpenAsync();
        var incident = (await host.Services.GetRequiredService<IncidentReader>().ListAsync(new() { Limit = 1 }, CancellationToken.None))[0];
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = host.Address };
        var alert = new
        {
            status = "firing",
            labels = new { alertname = "NodeOutOfMemory", instance = "gpu-3" },
            annotations = new { summary = "no memory left" },
            startsAt = incident.Onset.AddMinutes(-4),
        };
        using var told = await http.PostAsJsonAsync("/v1/infrastructure-alerts", new { alerts = new[] { alert } });
        Assert.True(told.IsSuccessStatusCode);
        await watched.GoAsync($"/incidents/{incident.Id}");
        var panel = watched.Page.Locator("section", new PageLocatorOptions { HasText = "Infrastructure beside it" });
        await panel.WaitForAsync();
        var text = await panel.TextContentAsync();
        Assert.Contains("NodeOutOfMemory 4 min before, still firing", text, StringComparison.Ordinal);
        Assert.Contains("(gpu-3)", text, StringComparison.Ordinal);
        Assert.Empty(await watched.AxeAsync());
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task It_works_at_390_px_and_dark()
    {
        await using var watched = await host.OpenAsync(390, "dark");
        await watched.GoAsync($"{Tab}?new=1");
        Assert.Empty(await watched.CheckAsync("overflow"));
        await watched.ShootAsync("system-390-dark");
        Assert.Empty(watched.Complaints);
    }
}

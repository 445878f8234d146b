using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Plumbline.Browser.Tests;

namespace Plumbline.Bench.Pages;

/// <summary>
/// What a reader waits for: the pages of the demonstration, each opened by a browser without a cache; and how long the server takes to stop
/// while somebody looks. The server is a process of its own, the browser shares its processors.
/// </summary>
internal static class PagesBenchmark
{
    private const int Port = 5305;
    private const string Model = "ticket-router";

    /// <summary>So many looks in a row at which nothing waits.</summary>
    private const int LooksAtRest = 10;

    private static readonly (string Name, string Path)[] Places =
    [
        ("fleet", ""),
        ("summary", $"models/{Model}"),
        ("inputs", $"models/{Model}/inputs"),
        ("one feature", $"models/{Model}/inputs?feature=message_length"),
        ("outputs", $"models/{Model}/outputs"),
        ("performance", $"models/{Model}/performance"),
        ("outcomes", $"models/{Model}/outcomes"),
        ("segments", $"models/{Model}/segments"),
        ("rules", $"models/{Model}/rules"),
        ("explore", $"explore/{Model}"),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (Chromium.Find() is not { } program)
        {
            Console.WriteLine(Chromium.Missing);
            return 1;
        }

        var loads = Arguments.Number(args, "--loads", 9);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, program);
        if (Arguments.Text(args, "--url") is { } url)
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(url) };
            await MeasureAsync(browser, client, loads);
            return 0;
        }

        var days = Arguments.Number(args, "--days", 14).ToString(CultureInfo.InvariantCulture);
        await using var server = await ServerProcess.StartAsync(
            Arguments.Number(args, "--port", Port),
            ["--days", days, "--no-live"],
            verb: "demo"
        );
        await UntilAtRestAsync(server.Client);
        await MeasureAsync(browser, server.Client, loads);
        await StopAsync(browser, server, Arguments.Number(args, "--stops", 3));
        return 0;
    }

    private static async Task MeasureAsync(IBrowser browser, HttpClient client, int loads)
    {
        var places = Places.Concat(await IncidentAsync(client)).ToList();
        var visits = places.ToDictionary(place => place.Name, _ => new List<PageVisit>(), StringComparer.Ordinal);
        // Round by round, so that what else the machine does meanwhile falls on all of them alike.
        for (var round = 0; round <= loads; round++)
        {
            foreach (var (name, path) in places)
                visits[name].Add(await PageVisit.MakeAsync(browser, new Uri(client.BaseAddress!, path)));
        }

        Console.WriteLine($"load of the machine over the last minute: {Load()}");
        Console.WriteLine("| page | first chart, ms (worst) | all drawn, ms (worst) | first visit, ms | socket, KiB | HTTP, KiB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (name, _) in places)
        {
            // The first after a start runs code that is not compiled yet: a column of its own.
            var (first, rest) = (visits[name][0], visits[name].Skip(1).ToList());
            var (chart, drawn) = (Times(rest.Select(visit => visit.FirstChart)), Times(rest.Select(visit => (double?)visit.Drawn)));
            var (socket, http) = (KiB(rest, visit => visit.SocketBytes), KiB(rest, visit => visit.HttpBytes));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {name} | {chart} | {drawn} | {first.Drawn:N0} | {socket} | {http} |")
            );
        }
    }

    private static async Task StopAsync(IBrowser browser, ServerProcess server, int stops)
    {
        for (var i = 0; i < stops; i++)
        {
            await using var context = await browser.NewContextAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(server.Address, $"models/{Model}").ToString());
            await page.WaitForFunctionAsync(Chromium.IsSettled, null, new PageWaitForFunctionOptions { Timeout = 60_000 });
            var took = await server.StopAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gone {took.TotalSeconds:N2} s after SIGTERM with a page open"));
            await server.StartAgainAsync("serve");
        }
    }

    /// <summary>Waits until the history is in, every window is computed and every rule has looked.</summary>
    private static async Task UntilAtRestAsync(HttpClient client)
    {
        for (var (still, before) = (0, ""); still < LooksAtRest; )
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            var (now, waits) = ("", false);
            var models = await client.GetFromJsonAsync<JsonElement>("/v1/models");
            foreach (var model in models.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()))
            {
                var progress = await client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress");
                now += $"{model} {progress.GetProperty("received").GetRawText()} ";
                waits |= progress.GetProperty("pending_windows").GetInt64() > 0 || progress.GetProperty("rules_pending").GetBoolean();
            }

            still = !waits && now.Length > 0 && now == before ? still + 1 : 0;
            before = now;
        }
    }

    /// <summary>The page of the newest incident; none where there is no incident.</summary>
    private static async Task<IEnumerable<(string Name, string Path)>> IncidentAsync(HttpClient client)
    {
        var incidents = await client.GetFromJsonAsync<JsonElement>($"/v1/models/{Model}/incidents?limit=1");
        return incidents
            .GetProperty("incidents")
            .EnumerateArray()
            .Select(incident => ("incident", $"incidents/{incident.GetProperty("id").GetInt64()}"));
    }

    private static string Times(IEnumerable<double?> times)
    {
        var known = times.OfType<double>().Order().ToList();
        return known.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{known[known.Count / 2]:N0} ({known[^1]:N0})");
    }

    private static string KiB(List<PageVisit> visits, Func<PageVisit, long> bytes)
    {
        var sorted = visits.Select(bytes).Order().ToList();
        return (sorted[sorted.Count / 2] / 1024.0).ToString("N0", CultureInfo.InvariantCulture);
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}

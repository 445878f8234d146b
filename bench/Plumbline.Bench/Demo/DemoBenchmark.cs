using System.Globalization;
using System.Text.Json;
using Plumbline.Dashboard.Demo;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Bench.Demo;

/// <summary>
/// The demonstration as a process, as a stranger starts it, at several hours of the day: how long until it is ready, and whether its six
/// troubles are six incidents whichever hour it was.
/// </summary>
internal static class DemoBenchmark
{
    private const string UsualHours = "1,6,11,16,21";

    public static async Task<int> RunAsync(string[] args)
    {
        var hours = (Arguments.Text(args, "--hours") ?? UsualHours)
            .Split(',')
            .Select(hour => int.Parse(hour, CultureInfo.InvariantCulture));
        var today = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var failures = 0;
        Console.WriteLine("| started at | ready after | incidents | verdict |");
        Console.WriteLine("|---|---:|---:|---|");
        foreach (var hour in hours)
        {
            var folder = Path.Combine(Path.GetTempPath(), $"plumbline-bench-demo-{Environment.ProcessId}");
            try
            {
                var (ready, incidents) = await RunAsync(folder, today.AddDays(-1).AddHours(hour));
                var problems = ToldStories.Problems(DemoScenario.Read(folder)!, incidents);
                failures += problems.Count;
                var verdict = problems.Count == 0 ? "six stories, six incidents" : string.Join("; ", problems);
                Console.WriteLine($"| {hour:00}:00 | {ready} s | {incidents.Count} | {verdict} |");
                if (problems.Count > 0)
                {
                    foreach (var incident in incidents)
                        Console.WriteLine($"    {ToldStories.Describe(incident)}");
                }
            }
            finally
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
            }
        }

        Console.WriteLine(failures == 0 ? "All as they should be." : $"{failures} not as they should be.");
        return failures == 0 ? 0 : 1;
    }

    private static async Task<(string Ready, IReadOnlyList<JsonElement> Incidents)> RunAsync(string folder, DateTimeOffset until)
    {
        using var demo = RunningDemo.Start(folder, days: null, "--no-live", "--until", $"{until:O}");
        var (address, seconds) = await demo.ReadyAsync();
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        return (seconds, await ToldStories.SettledAsync(client));
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Dashboard.Demo;
using Plumbline.Server.Tests.Demo;

namespace Plumbline.Bench.Demo;

/// <summary>
/// The demonstration as a process, as a stranger starts it, at several hours of the day: how long until it is ready, and whether its six
/// troubles are six incidents whichever hour it was.
/// </summary>
internal static partial class DemoBenchmark
{
    private const string UsualHours = "1,6,11,16,21";

    /// <summary>Looks in a row, a second apart, that must find the same.</summary>
    private const int SameLooks = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<int> RunAsync(string[] args)
    {
        var port = Arguments.Number(args, "--port", 5305);
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
                var (ready, incidents) = await RunAsync(folder, today.AddDays(-1).AddHours(hour), port);
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

    private static async Task<(string Ready, IReadOnlyList<JsonElement> Incidents)> RunAsync(string folder, DateTimeOffset until, int port)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo(
            "dotnet",
            [BuiltServer.Program, "demo", "--no-live", "--data", folder, "--urls", url, "--until", $"{until:O}"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && ReadyLine().Match(text) is { Success: true } found)
                ready.TrySetResult(found.Groups[1].Value);
        };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
                Console.Error.WriteLine(text);
        };
        process.BeginErrorReadLine();
        try
        {
            var ended = process.WaitForExitAsync();
            if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience, TimeProvider.System) == ended)
                throw new InvalidOperationException($"The demonstration ended with {process.ExitCode}.");
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(url) };
            return (await ready.Task, await IncidentsAsync(client));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>The incidents, once several looks in a row found the same: rules look when windows are computed.</summary>
    private static async Task<IReadOnlyList<JsonElement>> IncidentsAsync(HttpClient client)
    {
        var watch = Stopwatch.StartNew();
        var (before, same) = ("", 0);
        while (watch.Elapsed < Patience)
        {
            var now = await client.GetFromJsonAsync<JsonElement>("/v1/incidents?limit=200");
            same = now.GetRawText() == before ? same + 1 : 0;
            if (same == SameLooks)
                return [.. now.GetProperty("incidents").EnumerateArray()];
            before = now.GetRawText();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        throw new TimeoutException($"The incidents still change after {Patience}.");
    }

    [GeneratedRegex(@"^Ready after (\S+) s", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadyLine();
}

using System.Diagnostics;
using System.Globalization;

namespace Plumbline.Bench.Worlds;

/// <summary>
/// Simulated worlds through the real pipeline: whether quiet ones stay within the false-alarm budget, and whether planted trouble makes one
/// incident each, with the right cause, in time, and over when it is over.
/// </summary>
internal static class WorldsBenchmark
{
    private const ulong ReportingSeed = 20_261_130;

    /// <summary>False alarms in 30 days that the default budget accepts.</summary>
    private const double Budget = 1;

    /// <summary>Days after the end of trouble in which what is found is put down to it.</summary>
    private const int DaysAfter = 7;

    /// <summary>What chance may add to a sum of money that is estimated.</summary>
    private const double MoneyTolerance = 1.2;

    public static async Task<int> RunAsync(string[] args)
    {
        var days = Arguments.Number(args, "--days", 60);
        var seed = (ulong)Arguments.Number(args, "--seed", (int)ReportingSeed);
        var only = Arguments.Text(args, "--world");
        var failures = 0;
        Console.WriteLine("| world | rows | incidents | onset | found | ended | first cause | verdict | s |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---|---|---:|");
        foreach (
            var (i, world) in WorldCatalog
                .All.Index()
                .Where(entry => only is null || entry.Item.Name.Contains(only, StringComparison.Ordinal))
        )
        {
            // What happens at one time in several models of a server is one incident by design: each world has a server of its own.
            await using var host = await BenchHost.StartAsync();
            var watch = Stopwatch.StartNew();
            var run = new WorldRun(host, world, days, seed + (ulong)i);
            var all = await run.RunAsync(CancellationToken.None);
            var found = all.Where(incident => incident.IsTold).ToList();
            var (lines, problems) = Compare(world, run, found, days);
            failures += problems.Count;
            var first = lines.FirstOrDefault("| | | |");
            var verdict = problems.Count == 0 ? "ok" : string.Join("; ", problems);
            var row =
                $"| {world.Name} | {run.Rows} | {found.Count} {first} {verdict} | {watch.Elapsed.Seconds + (60 * watch.Elapsed.Minutes)} |";
            Console.WriteLine(row);
            foreach (var line in lines.Skip(1))
                Console.WriteLine($"| | | {line} | |");
            if (problems.Count > 0 || args.Contains("--verbose"))
            {
                foreach (var line in all.SelectMany(incident => Describe(incident, run.Start)))
                    Console.WriteLine(line);
            }
        }

        Console.WriteLine(failures == 0 ? "All as they should be." : $"{failures} not as they should be.");
        return failures == 0 ? 0 : 1;
    }

    private static (List<string> Lines, List<string> Problems) Compare(
        World world,
        WorldRun run,
        IReadOnlyList<FoundIncident> found,
        int days
    )
    {
        var lines = new List<string>();
        var problems = new List<string>();
        var left = found.ToList();
        foreach (var planted in world.Troubles.Where(planted => planted.FromDay < days))
        {
            var from = run.Start.AddDays(planted.FromDay);
            var near = left.Where(incident => Near(incident, from, planted)).ToList();
            var mine = near.Find(incident => planted.Causes.Contains(incident.Cause)) ?? near.FirstOrDefault();
            if (mine is null)
            {
                problems.Add("not found");
                continue;
            }

            left.Remove(mine);
            lines.Add(Line(mine, planted, run.Start));
            problems.AddRange(Problems(mine, planted, run.Start));
        }

        // Trouble is one incident; what is found on other days is held against the budget as in a quiet world.
        var beside = left.Count(incident => world.Troubles.Any(planted => IsBeside(incident, run.Start, planted)));
        if (beside > 0)
            problems.Add($"{beside} more of it");
        if (left.Count - beside > Budget * days / 30)
            problems.Add($"{left.Count - beside} false");
        var money = found.Sum(incident => incident.MoneyUntil(run.Start.AddDays(days)));
        if (run.Loss > 0 && money > run.Loss * MoneyTolerance)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"money {money:0} of {run.Loss:0}"));
        return (lines, problems);
    }

    private static bool IsBeside(FoundIncident incident, DateTimeOffset start, Planted planted) =>
        !(incident.Resolved < start.AddDays(planted.FromDay))
        && !(planted.ToDay is { } to && incident.Onset > start.AddDays(to + DaysAfter));

    private static string Line(FoundIncident mine, Planted planted, DateTimeOffset start)
    {
        var from = start.AddDays(planted.FromDay);
        var ended = planted.ToDay is { } to ? (mine.Resolved - start.AddDays(to))?.TotalHours : null;
        var end =
            ended is { } hours ? string.Create(CultureInfo.InvariantCulture, $"{hours:+0;-0;0} h")
            : planted.ToDay is null ? "goes on"
            : "open";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {(mine.Onset - from).TotalHours:+0;-0;0} h | {(mine.Detected - from).TotalHours:+0;-0;0} h | {end} | {mine.Cause} |"
        );
    }

    private static IEnumerable<string> Problems(FoundIncident mine, Planted planted, DateTimeOffset start)
    {
        if (!planted.Causes.Contains(mine.Cause))
            yield return $"cause {mine.Cause}";
        if (Math.Abs((mine.Onset - start.AddDays(planted.FromDay)).TotalHours) > planted.Windows)
            yield return "onset";
        if (planted.ToDay is { } to && !(mine.Resolved <= start.AddDays(to + 1)))
            yield return "not ended within a day";
        if (planted.ToDay is null && mine.Resolved is not null)
            yield return "ended, and goes on";
    }

    private static bool Near(FoundIncident incident, DateTimeOffset from, Planted planted) =>
        incident.Detected >= from.AddHours(-1) && incident.Onset <= from.AddHours(Math.Max(72, planted.Windows));

    private static IEnumerable<string> Describe(FoundIncident incident, DateTimeOffset start)
    {
        var money = string.Create(CultureInfo.InvariantCulture, $"{incident.MoneyPerDay:0}");
        yield return $"    day {Day(incident.Onset)} .. {End(incident.Resolved)} {incident.Severity}: {incident.Headline} "
            + $"[{incident.Cause}] {money}";
        foreach (var alert in incident.Alerts)
            yield return $"        {alert.Stream}: {Day(alert.Onset)}, found {Day(alert.Fired)} .. {End(alert.Resolved)}";

        string End(DateTimeOffset? time) => time is { } known ? Day(known) : "open";
        string Day(DateTimeOffset time) => (time - start).TotalDays.ToString("0.00", CultureInfo.InvariantCulture);
    }
}

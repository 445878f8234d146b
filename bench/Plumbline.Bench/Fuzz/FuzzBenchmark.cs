using System.Diagnostics;
using System.Globalization;

namespace Plumbline.Bench.Fuzz;

/// <summary>`fuzz`: mutated requests of every kind against the server as a process of its own.</summary>
internal static class FuzzBenchmark
{
    private const int Port = 5979;
    private const int DefaultRequests = 300_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var requests = Arguments.Number(args, "--requests", DefaultRequests);
        var seed = Arguments.Number(args, "--seed", 1UL);
        await using var log = Arguments.Text(args, "--log") is { } file ? File.CreateText(file) : null;
        ServerProcess.Log = log is null ? null : TextWriter.Synchronized(log);
        await using var server = await ServerProcess.StartAsync(Arguments.Number(args, "--port", Port));
        var began = Stopwatch.GetTimestamp();
        var samples = 0;
        var rounds = Arguments.Number(args, "--rounds", 1);
        var report = await new FuzzRun(server.Client, seed, Sample, rounds).RunAsync(requests);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: {report.Sent} requests in {seconds:0} s, {report.Sent / seconds:0}/s"
            )
        );
        foreach (var (what, count) in report.Statuses.OrderBy(status => status.Key, StringComparer.Ordinal))
            Console.WriteLine($"  {what}: {count}");
        foreach (var (kind, waited) in report.Seconds.OrderByDescending(kind => kind.Value))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {kind}: {waited:0.0} s waited"));
        Console.WriteLine($"memory, MiB: {Join(report.Memory)}");
        if (rounds > 1)
            Console.WriteLine($"memory after each round's models were deleted, MiB: {Join(report.EmptiedMemory)}");
        Console.WriteLine($"failures: {report.FailureCount}");
        foreach (var failure in report.Failures)
            Console.WriteLine($"  {failure}");
        return report.FailureCount == 0 ? 0 : 1;

        double Sample()
        {
            var mib = server.ResidentMiB;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"sample {++samples} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, "
                        + $"{server.ProcessorTime.TotalSeconds:0} s of processor time: {mib:0} MiB"
                )
            );
            return mib;
        }
    }

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(mib => mib.ToString("0", CultureInfo.InvariantCulture)));
}

using System.Diagnostics;
using System.Globalization;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Bench.Report;

/// <summary>`plumbline report` as a process of its own, from its start to its end: seconds, processor time and peak memory.</summary>
internal static class ReportBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var rows = Arguments.Number(args, "--rows", 500_000);
        var runs = Arguments.Number(args, "--runs", 5);
        var folder = Directory.CreateTempSubdirectory("plumbline-bench-report-").FullName;
        try
        {
            foreach (var (name, seed, shift) in new[] { ("reference", 1UL, 0.0), ("current", 2UL, 1.0) })
                await ReportFiles.WriteAsync(Path.Combine(folder, name), rows, seed, shift);
            Console.WriteLine(
                $"{"format", -10} {"files MiB", 10} {"seconds", 9} {"cpu s", 9} {"peak MiB", 9}   ({runs} runs, sorted by seconds)"
            );
            foreach (var format in new[] { "csv", "parquet" })
            {
                var measured = new List<Run>();
                for (var run = 0; run < runs; run++)
                    measured.Add(await MeasureAsync(folder, format));
                var size =
                    new[] { "reference", "current" }.Sum(name => new FileInfo(Path.Combine(folder, $"{name}.{format}")).Length) / 1048576.0;
                foreach (var run in measured.OrderBy(run => run.Seconds))
                {
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{format, -10} {size, 10:0} {run.Seconds, 9:0.00} {run.ProcessorSeconds, 9:0.00} {run.PeakMiB, 9:0}"
                        )
                    );
                }
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private readonly record struct Run(double Seconds, double ProcessorSeconds, double PeakMiB);

    private static async Task<Run> MeasureAsync(string folder, string format)
    {
        string File(string name) => Path.Combine(folder, $"{name}.{format}");
        var start = new ProcessStartInfo(
            "dotnet",
            [BuiltServer.Program, "report", File("reference"), File("current"), "-o", Path.Combine(folder, "report.html")]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExitAsync();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        double peak = 0,
            processor = 0;
        // The kernel tells both while the process lives, so only what is added in the last ten milliseconds can be missed.
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakMiB(process.Id));
            processor = Math.Max(processor, ProcessorSeconds(process));
            await Task.WhenAny(ended, ticks.WaitForNextTickAsync().AsTask());
        }

        await ended;
        var seconds = clock.Elapsed.TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"plumbline report answered {process.ExitCode}: {await said}");
        return new Run(seconds, processor, peak);
    }

    private static double ProcessorSeconds(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the answer.
            return 0;
        }
    }

    private static double PeakMiB(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            // It ended between the question and the answer.
            return 0;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Bench.Idle;

/// <summary>
/// What models cost while nothing comes: processor, memory, tables, disk; how long one more takes to register; and how long a start takes
/// with them. The server is a process of its own; some of the models get predictions, whose windows are computed before the measurement
/// begins.
/// </summary>
internal static class IdleBenchmark
{
    private const int Port = 5304;
    private const int RowsEach = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        var models = Arguments.Number(args, "--models", 100);
        var active = Arguments.Number(args, "--with-predictions", Math.Max(1, models / 10));
        var seconds = Arguments.Number(args, "--seconds", 60.0);
        // For some minutes after a start the runtime compiles again what was called often; that ends, and a day of idleness is not made of
        // it.
        var settle = TimeSpan.FromSeconds(Arguments.Number(args, "--settle", 180.0));
        var hours = Arguments.Number(args, "--hours", 6.0);
        var seed = Arguments.Number(args, "--seed", 1);
        var random = new Random(seed);
        await using var server = await ServerProcess.StartAsync(
            Arguments.Number(args, "--port", Port),
            more: Arguments.Text(args, "--engine-mib") is { } mib ? EngineMemory(mib) : null
        );
        await RestAsync(server);
        Report(server, "without a model", await MeasureAsync(server, Math.Min(seconds, 20)));

        var times = new List<double>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < models; i++)
        {
            var began = watch.Elapsed;
            await IdleModels.RegisterAsync(server.Client, i, random);
            times.Add((watch.Elapsed - began).TotalMilliseconds);
        }

        Say(
            $"{models:N0} models registered in {watch.Elapsed.TotalSeconds:N1} s; "
                + $"median of the first 50 {Median(times.Take(50)):N1} ms, of the last 50 {Median(times.TakeLast(50)):N1} ms"
        );
        watch.Restart();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, active),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) =>
                await IdleModels.PostAsync(server.Client, i * (models / active), RowsEach, TimeProvider.System.GetUtcNow(), hours, seed)
        );
        await server.WaitUntilStoredAsync();
        for (var i = 0; i < active; i++)
            await UntilComputedAsync(server, i * (models / active));
        Say($"{active:N0} of them with {RowsEach} predictions, stored and computed {watch.Elapsed.TotalSeconds:N1} s later");
        await RestAsync(server);
        await Task.Delay(settle, TimeProvider.System);
        Report(server, "idle", await MeasureAsync(server, seconds));

        var ready = await server.KillAndRestartAsync();
        Say($"ready {ready.TotalSeconds:N1} s after the start that followed a kill");
        watch.Restart();
        await RestAsync(server);
        Say($"at rest {watch.Elapsed.TotalSeconds:N0} s after it");
        await Task.Delay(settle, TimeProvider.System);
        Report(server, "idle after that start", await MeasureAsync(server, seconds));
        watch.Restart();
        await IdleModels.PostAsync(server.Client, 0, RowsEach, TimeProvider.System.GetUtcNow(), hours, seed);
        await server.WaitUntilStoredAsync();
        Say($"{RowsEach} predictions of one model acknowledged and stored in {watch.Elapsed.TotalMilliseconds:N0} ms");
        return 0;
    }

    private static string[] EngineMemory(string mib)
    {
        var file = Path.Combine(Path.GetTempPath(), $"plumbline-bench-{Environment.ProcessId}.yaml");
        File.WriteAllText(file, $"engine:\n  memory_mib: {mib}\n");
        return ["--config", file];
    }

    private static async Task<IdleFigures> MeasureAsync(ServerProcess server, double seconds)
    {
        var (before, processor, watch) = (IdleDisk.Read(server.Folder), server.ProcessorTime, Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var share = (server.ProcessorTime - processor) / watch.Elapsed;
        return new IdleFigures(share, server.ResidentMiB, watch.Elapsed, before, IdleDisk.Read(server.Folder));
    }

    /// <summary>
    /// Until a server that has just worked uses no more of the processor than in the ten seconds before, or five minutes are over.
    /// </summary>
    private static async Task RestAsync(ServerProcess server)
    {
        var (last, limit) = (double.MaxValue, Stopwatch.StartNew());
        while (limit.Elapsed < TimeSpan.FromMinutes(5))
        {
            var before = server.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
            var now = (server.ProcessorTime - before).TotalSeconds;
            if (now > last * 0.9 && now < 1)
                return;
            last = now;
        }
    }

    private static async Task UntilComputedAsync(ServerProcess server, int model)
    {
        while (
            (await server.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{IdleModels.Name(model)}/progress"))
                .GetProperty("pending_windows")
                .GetInt64() > 0
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    private static void Report(ServerProcess server, string state, IdleFigures figures)
    {
        var (before, after) = (figures.Before, figures.After);
        Say(
            $"{state}: {figures.ProcessorShare:P2} of a core over {figures.Time.TotalSeconds:N0} s, "
                + $"{figures.ResidentMiB:N0} MiB resident, {server.Threads} threads, {server.OpenFiles} open files"
        );
        Say(
            $"    {after.Tables:N0} engine tables, {after.Parts:N0} parts ({after.Parts - before.Parts:+0;-0;0}), "
                + $"folder {Mebibytes(after.Bytes):N1} MiB ({after.Bytes - before.Bytes:+#,0;-#,0;0} bytes)"
        );
        Say(
            $"    of it the engine's own tables {Mebibytes(after.SystemBytes):N2} MiB "
                + $"({after.SystemBytes - before.SystemBytes:+#,0;-#,0;0} bytes)"
        );
    }

    private static double Mebibytes(long bytes) => bytes / 1048576.0;

    private static double Median(IEnumerable<double> values) =>
        values.Order().ToList() is { Count: > 0 } sorted ? sorted[sorted.Count / 2] : double.NaN;

    private static void Say(string line) => Console.WriteLine(line);

    private sealed record IdleFigures(double ProcessorShare, double ResidentMiB, TimeSpan Time, IdleDisk Before, IdleDisk After);
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Bench;

/// <summary>
/// Predictions per second from a load generator beside the server to the acknowledgement, which is durable, and on to the column store;
/// then what the engine alone takes, and what the decoder alone reads.
/// </summary>
internal static class IngestBenchmark
{
    private const string Model = "bench";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static Task<int> BatchesAsync(int seconds, int rowsPerSecond) =>
        RunAsync(rowsPerPost: 1_000, connections: 4, TimeSpan.FromSeconds(seconds), port: 5301, rowsPerSecond);

    public static Task<int> SinglesAsync(int seconds) =>
        RunAsync(rowsPerPost: 1, connections: 64, TimeSpan.FromSeconds(seconds), port: 5302, rowsPerSecond: 0);

    /// <summary>The decoder alone: rows per second and bytes allocated per row.</summary>
    public static int Decode()
    {
        var body = Encoding.UTF8.GetBytes(EventLoad.Body(1_000, 1, TimeProvider.System.GetUtcNow()));
        using var decoder = new EventDecoder(EventKind.Prediction, new EventLimits());
        var context = new DecodeContext(TimeProvider.System.GetUtcNow(), null, NumericPrediction: false);
        void Once()
        {
            decoder.Begin(context);
            decoder.DecodeBody(body);
            decoder.Batch.Seal();
        }

        for (var i = 0; i < 200; i++)
            Once();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        const int Posts = 500;
        for (var i = 0; i < Posts; i++)
            Once();
        Print(
            $"decode: {Posts * 1_000 / watch.Elapsed.TotalSeconds:N0} rows/s on one thread, "
                + $"{(Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMicroseconds / (Posts * 1_000):N2} µs of "
                + $"processor time per row, {body.Length / 1_000:N0} bytes of JSON and {decoder.Batch.Bytes / 1_000:N0} encoded "
                + $"bytes per row, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (Posts * 1_000.0):N2} bytes allocated per row"
        );
        return 0;
    }

    private static async Task<int> RunAsync(int rowsPerPost, int connections, TimeSpan duration, int port, int rowsPerSecond)
    {
        double perSecond;
        await using (var server = await ServerProcess.StartAsync(port))
        {
            using var created = await server.Client.PutAsJsonAsync(
                $"/v1/models/{Model}",
                new
                {
                    task = "binary",
                    classes = new[] { "0", "1" },
                    positive_class = "1",
                }
            );
            created.EnsureSuccessStatusCode();
            var load = new EventLoad(server.Address, Model, rowsPerPost, connections, rowsPerSecond);
            await load.RunAsync(WarmUp);
            load.Latencies.Clear();
            var (before, processor, own) = (load.Acknowledged, server.ProcessorTime, Process.GetCurrentProcess().TotalProcessorTime);
            var watch = Stopwatch.StartNew();
            await load.RunAsync(duration);
            var elapsed = watch.Elapsed.TotalSeconds;
            perSecond = (load.Acknowledged - before) / elapsed;
            var cores = (server.ProcessorTime - processor).TotalSeconds / elapsed;
            var ownCores = (Process.GetCurrentProcess().TotalProcessorTime - own).TotalSeconds / elapsed;
            var stored = await WaitUntilStoredAsync(server);
            var drained = watch.Elapsed.TotalSeconds;
            load.Latencies.Sort();
            Print(
                $"{rowsPerPost:N0} rows per post over {connections} connections for {elapsed:N0} s: "
                    + $"{perSecond:N0} predictions/s acknowledged; median {load.Latencies[load.Latencies.Count / 2]:N1} ms, "
                    + $"99 % {load.Latencies[load.Latencies.Count * 99 / 100]:N1} ms"
            );
            Print(
                $"{stored:N0} acknowledged and stored "
                    + $"({(stored == load.Acknowledged ? "all, each once" : $"NOT {load.Acknowledged:N0}")}), "
                    + $"the last {drained - elapsed:N1} s after the end: {(load.Acknowledged - before) / drained:N0} predictions/s "
                    + "into the column store"
            );
            Print(
                $"server: {cores:N2} cores, {cores * 1e6 / perSecond:N1} µs of processor time per prediction, "
                    + $"peak memory {server.PeakMiB:N0} MiB; load generator {ownCores:N2} cores"
            );
        }

        if (rowsPerPost > 1)
        {
            var raw = await RawInsertAsync();
            Print(
                $"the engine's own RowBinary insert of the same rows, one thread, blocks of 50,000: {raw:N0} rows/s; "
                    + $"ratio {perSecond / raw:N2}"
            );
        }

        return 0;
    }

    private static async Task<long> WaitUntilStoredAsync(ServerProcess server)
    {
        while (true)
        {
            var (received, stored) = server.ReadCounters();
            if (stored == received)
                return stored;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task<double> RawInsertAsync()
    {
        const int Rows = 50_000;
        const int Blocks = 10;
        var folder = Directory.CreateTempSubdirectory("plumbline-bench-raw-").FullName;
        try
        {
            await using var store = await EmbeddedColumnStore.OpenAsync(
                new ColumnStoreOptions { Directory = folder },
                TimeProvider.System,
                NullLogger<EmbeddedColumnStore>.Instance,
                default
            );
            var tables = new ModelTables(store);
            FeatureColumn[] features =
            [
                .. Enumerable.Range(0, 30).Select(i => new FeatureColumn(i, i < 20 ? ColumnType.Numeric : ColumnType.Categorical)),
            ];
            await tables.EnsureAsync(1, features, default);
            using var rows = RawRows(Rows);
            string[] columns = [.. ModelTables.PredictionColumns, .. features.Select(feature => feature.Name)];
            await store.InsertAsync(ModelTables.Predictions(1), columns, rows.Written, "warm", default);
            var watch = Stopwatch.StartNew();
            for (var block = 0; block < Blocks; block++)
            {
                await store.InsertAsync(
                    ModelTables.Predictions(1),
                    columns,
                    rows.Written,
                    string.Create(CultureInfo.InvariantCulture, $"b{block}"),
                    default
                );
            }

            return Rows * Blocks / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RowBinaryBuffer RawRows(int count)
    {
        var random = new Random(1);
        var rows = new RowBinaryBuffer(count * 500);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var row = 0; row < count; row++)
        {
            var id = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"p-{row:D12}"));
            rows.WriteUInt64(1);
            rows.WriteString(id);
            rows.WriteUInt64(IdHash.Of(id).Low);
            rows.WriteDateTime64Ms(now + (row % 1_000));
            rows.WriteDateTime64Ms(now);
            rows.WriteString("v1"u8);
            rows.WriteString("primary"u8);
            rows.WriteString("ok"u8);
            rows.WriteString("1"u8);
            for (var i = 0; i < 4; i++)
                rows.WriteDouble(random.NextDouble());
            rows.WriteCount(0);
            rows.WriteDouble(random.NextDouble());
            for (var i = 0; i < 3; i++)
                rows.WriteString(""u8);
            rows.WriteCount(0);
            for (var i = 0; i < 20; i++)
                rows.WriteDouble(Math.Round(random.NextDouble() * 1000, 4));
            for (var i = 0; i < 10; i++)
            {
                rows.WritePresent();
                rows.WriteString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"value_{random.Next(20)}")));
            }
        }

        return rows;
    }

    private static void Print(string text) => Console.WriteLine(text);
}

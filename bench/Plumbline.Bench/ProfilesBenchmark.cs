using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Bench;

/// <summary>
/// From stored events to stored profiles: 3 million predictions of 20 numeric and 10 categorical features over 8 hourly windows.
/// </summary>
internal static class ProfilesBenchmark
{
    private const int Rows = 3_000_000;
    private const int ReferenceRows = 100_000;
    private const int Numeric = 20;
    private const int Categorical = 10;
    private const int Hours = 8;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync()
    {
        await using var host = await BenchHost.StartAsync();
        var plain = await FillAsync(host, "plain", []);
        var segmented = await FillAsync(host, "segmented", ["c0", "c1"]);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Rows:N0} rows x {Numeric + Categorical} features over {Hours} windows, {Environment.ProcessorCount} cores"
            )
        );
        await ReportAsync(host, "two versions, no segments", plain);
        await ReportAsync(host, "two versions, two segment dimensions of 5", segmented);
        await ReadAsync(host, plain);
        return 0;
    }

    private static async Task<ModelDefinition> FillAsync(BenchHost host, string name, string[] segments)
    {
        var features = Enumerable
            .Range(0, Numeric)
            .Select(i => $"n{i}")
            .Select(feature => (feature, "numeric"))
            .Concat(Enumerable.Range(0, Categorical).Select(i => ($"c{i}", "categorical")));
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}",
            new
            {
                task = "binary",
                segments,
                features = features.ToDictionary(entry => entry.Item1, entry => new { type = entry.Item2 }),
            }
        );
        put.EnsureSuccessStatusCode();
        var model = host.Get<ModelCatalog>().Find(name)!;
        foreach (var version in (string[])["v1", "v2"])
            await host.Get<ModelCatalog>().EnsureVersionsAsync(model.Id, [version], default);
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], default);
        // The reference first: with predictions there, it would put their windows on the list and another pass would compete.
        await host.Get<BaselineCatalog>()
            .ReplaceAsync(
                model.Id,
                declared: true,
                "v1",
                (_, table, ct) => host.Get<IColumnStore>().ExecuteAsync(Insert(table, ReferenceRows, shift: 0), ct),
                default
            );
        await host.Get<IColumnStore>().ExecuteAsync(Insert(ModelTables.Predictions(model.Id), Rows, shift: 0.3), default);
        return model;
    }

    private static SqlStatement Insert(string table, int rows, double shift)
    {
        string[] columns =
        [
            "prediction_id",
            "id_hash",
            "timestamp",
            "version",
            "role",
            "status",
            "prediction",
            "score",
            "confidence",
            "entropy",
            "latency_ms",
            .. Enumerable.Range(0, Numeric + Categorical).Select(i => string.Create(CultureInfo.InvariantCulture, $"f{i}")),
        ];
        string[] values =
        [
            "toString(number)",
            "cityHash64(number)",
            string.Create(
                CultureInfo.InvariantCulture,
                $"toDateTime64({Start.ToUnixTimeSeconds()}, 3, 'UTC') + number * {Hours * 3600.0 / rows:R}"
            ),
            "if(number % 10 = 0, 'v2', 'v1')",
            "'primary'",
            "if(rand(90) % 100 = 0, 'timeout', 'ok')",
            "toString(rand(91) % 2)",
            "rand(92) / 4294967296",
            "0.5 + rand(93) / 8589934592",
            "rand(94) / 4294967296",
            "exp(randNormal(3, 1, 95))",
            .. Enumerable
                .Range(0, Numeric)
                .Select(i =>
                    string.Create(CultureInfo.InvariantCulture, $"if(rand({i}) % 50 = 0, nan, randNormal({shift:R}, 1, {i + 40}))")
                ),
            .. Enumerable
                .Range(0, Categorical)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"if(rand({i} + 300) % 50 = 0, NULL, concat('c', toString(rand({i} + 200) % {(i < 8 ? 5 : 200)})))"
                    )
                ),
        ];
        return new SqlStatement(
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM numbers({rows})"
            )
        );
    }

    private static async Task ReportAsync(BenchHost host, string what, ModelDefinition model)
    {
        var profiles = host.Get<ProfileStore>();
        DateTimeOffset[] windows = [.. Enumerable.Range(0, Hours).Select(hour => Start.AddHours(hour))];
        var best = (Seconds: double.MaxValue, Cpu: 0.0);
        for (var run = 0; run < 3; run++)
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var begun = TimeProvider.System.GetTimestamp();
            await profiles.ComputeAsync(model, windows, default);
            var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            if (seconds < best.Seconds)
                best = (seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        }
        var stored = await profiles.ReadAsync(
            model,
            Start,
            Start.AddHours(Hours),
            new ProfileQuery { SegmentKey = "", Features = ["n0"] },
            default
        );
        if (stored.Sum(profile => profile.Rows) != Rows)
            throw new InvalidOperationException("The profiles do not count every row.");
        var cells = (double)Rows * (Numeric + Categorical);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -45} {best.Seconds, 7:N2} s {cells / best.Seconds / 1e6, 7:N1} million cells/s; "
                    + $"processor {best.Cpu:N2} s = {cells / best.Cpu / 1e6:N1} million cells per processor second"
            )
        );
    }

    private static async Task ReadAsync(BenchHost host, ModelDefinition model)
    {
        var profiles = host.Get<ProfileStore>();
        var ms = await BenchHost.MedianMsAsync(() =>
            profiles.ReadMergedAsync(model, Start, Start.AddHours(Hours), new ProfileQuery { SegmentKey = "" }, default)
        );
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{"read and merge all profiles of the 8 windows", -45} {ms, 7:N1} ms")
        );
    }
}

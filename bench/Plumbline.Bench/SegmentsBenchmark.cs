using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Segments;
using Plumbline.Registry.Models;

namespace Plumbline.Bench;

/// <summary>
/// The segment table over 20 dimensions of 50 values each and 30 days, beside 100 features' points of the same segments; and how profile
/// work grows with rows and with segments.
/// </summary>
internal static class SegmentsBenchmark
{
    private const int Dimensions = 20;
    private const int Values = 50;
    private const int Features = 100;
    private const int Days = 60;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync()
    {
        await using var host = await BenchHost.StartAsync();
        await TableAsync(host);
        foreach (
            var (rows, dimensions) in new[]
            {
                (20_000, 20),
                (40_000, 20),
                (80_000, 20),
                (160_000, 20),
                (40_000, 0),
                (40_000, 5),
                (40_000, 10),
            }
        )
        {
            await ProfilesAsync(host, rows, dimensions);
        }

        return 0;
    }

    private static async Task TableAsync(BenchHost host)
    {
        using var put = await host.Client.PutAsJsonAsync(
            "/v1/models/segments",
            new { task = "binary", segments = Enumerable.Range(0, Dimensions).Select(i => $"d{i}") }
        );
        put.EnsureSuccessStatusCode();
        var model = host.Get<ModelCatalog>().Find("segments")!;
        var (columns, random, store, count) = (
            SegmentTableReader.Columns(model).Append("input.rows").ToList(),
            new Plumbline.Statistics.RandomSource(7),
            host.Get<MetricPointStore>(),
            0L
        );
        var scopes = Enumerable
            .Range(0, Dimensions)
            .SelectMany(d => Enumerable.Range(0, Values).Select(v => $"d{d}=v{v}"))
            .Append("")
            .ToList();
        for (var day = 0; day < Days; day++)
        {
            var points = new List<MetricPoint>();
            foreach (var segment in scopes)
            {
                points.AddRange(columns.Select(metric => Point(metric, "", segment, day, random.NextDouble())));
                for (var feature = 0; feature < Features; feature++)
                {
                    points.Add(
                        Point("drift.psi", string.Create(CultureInfo.InvariantCulture, $"f{feature}"), segment, day, random.NextDouble())
                    );
                }
            }

            await store.WriteAsync(model.Id, points, default);
            count += points.Count;
        }

        var reader = host.Get<SegmentTableReader>();
        var query = new SegmentQuery { From = Start.AddDays(30), To = Start.AddDays(60) };
        var table = await reader.ReadAsync(model, query, default);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} points stored; {table.Count:N0} segments"));
        var all = await BenchHost.MedianMsAsync(() => reader.ReadAsync(model, query, default));
        var one = await BenchHost.MedianMsAsync(() => reader.ReadAsync(model, query with { Dimension = "d7" }, default));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"segment table, 30 days against the 30 before: all {table.Count:N0} segments {all:N0} ms, one dimension {one:N0} ms"
            )
        );
    }

    private static MetricPoint Point(string metric, string feature, string segment, int day, double value) =>
        BenchPoints.Of(metric, feature, Start.AddDays(day), TimeSpan.FromDays(1), value) with
        {
            Segment = segment,
        };

    /// <summary>From posted rows to computed windows: one hour of rows with 100 features.</summary>
    private static async Task ProfilesAsync(BenchHost host, int rows, int dimensions)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"profiles-{rows}-{dimensions}");
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}",
            new
            {
                task = "binary",
                segments = Enumerable.Range(0, dimensions).Select(i => $"d{i}"),
                features = Enumerable.Range(0, dimensions).ToDictionary(i => $"d{i}", _ => new { type = "categorical" }),
            }
        );
        put.EnsureSuccessStatusCode();
        var random = new Plumbline.Statistics.RandomSource(11);
        for (var from = 0; from < rows; from += 5000)
        {
            var lines = new StringBuilder();
            for (var i = from; i < from + 5000; i++)
            {
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"{{\"timestamp\":\"{Start.AddMilliseconds(i * (3_500_000.0 / rows)):O}"
                        + $"\",\"version\":\"v1\",\"prediction\":\"1\",\"score\":0.7,\"features\":{{"
                );
                for (var d = 0; d < dimensions; d++)
                    lines.Append(CultureInfo.InvariantCulture, $"\"d{d}\":\"v{(int)(random.NextDouble() * Values)}\",");
                for (var f = 0; f < Features; f++)
                    lines.Append(CultureInfo.InvariantCulture, $"{(f == 0 ? "" : ",")}\"f{f}\":{random.NextDouble():0.####}");
                lines.Append("}}\n");
            }

            using var body = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
            (await host.Client.PostAsync($"/v1/models/{name}/predictions", body)).EnsureSuccessStatusCode();
        }

        var model = host.Get<ModelCatalog>().Find(name)!;
        // The schedule computes the same window: it is measured when that is done.
        while (
            await host.Client.GetStringAsync($"/v1/models/{name}/progress") is var progress
            && !(
                progress.Contains("\"spool\":0", StringComparison.Ordinal)
                && progress.Contains("\"pending_windows\":0", StringComparison.Ordinal)
            )
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var profiles = host.Get<Plumbline.Monitoring.Profiles.ProfileStore>();
        var ms = await BenchHost.MedianMsAsync(() => profiles.ComputeAsync(model, [Start], default), runs: 5);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"profiles of one window: {rows:N0} rows x {Features} features, {dimensions} dimensions x {Values} values: {ms:N0} ms"
            )
        );
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;

namespace Plumbline.Bench.Exposition;

/// <summary>
/// /metrics of many models: 200 with 50 features each unless said otherwise, ten metrics a feature and all of a model's own, in windows
/// of one version, so that each number is two series.
/// </summary>
internal static class ScrapeBenchmark
{
    private const int Scrapes = 9;

    private static readonly string[] PerFeature =
    [
        .. KnownMetrics
            .All.Where(metric => metric.IsPerFeature || metric.Name.StartsWith("drift.", StringComparison.Ordinal))
            .Select(metric => metric.Name)
            .Take(10),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var (models, features) = (Arguments.Number(args, "--models", 200), Arguments.Number(args, "--features", 50));
        var hours = Arguments.Number(args, "--hours", 6);
        await using var host = await BenchHost.StartAsync();
        var newest = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600).AddHours(-2);
        for (var i = 0; i < models; i++)
        {
            using var put = await host.Client.PutAsJsonAsync($"/v1/models/model-{i:000}", new { task = "binary" });
            put.EnsureSuccessStatusCode();
        }

        for (var hour = hours - 1; hour >= 0; hour--)
            await FillAsync(host, features, newest.AddHours(-hour));
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        var idle = ResidentMiB();
        using var peak = new Peak();
        var (bytes, cold) = await ScrapeAsync(host);
        var coldPeak = peak.MiB;
        var times = new List<double>();
        for (var i = 0; i < Scrapes; i++)
            times.Add((await ScrapeAsync(host)).Ms);
        var scraped = peak.MiB;
        Tell($"{models} models x {features} features, {PerFeature.Length} metrics a feature: {bytes / 1e6:N1} MB");
        Tell($"first scrape {cold:N0} ms; median of {Scrapes} more {Median(times):N0} ms");
        Tell($"idle {idle:N0} MiB, at most {coldPeak - idle:N0} MiB above in the first scrape, {scraped - idle:N0} MiB in all");

        // Every model has a new window, as at the end of an hour: that they are written costs what it costs without a scrape.
        await FillAsync(host, features, newest.AddHours(1));
        Tell($"with a new window of every model {(await ScrapeAsync(host)).Ms:N0} ms");
        return 0;
    }

    private static void Tell(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static async Task FillAsync(BenchHost host, int features, DateTimeOffset start)
    {
        foreach (var model in host.Get<ModelCatalog>().All)
        {
            List<MetricPoint> points = [Point(SystemMetrics.Requests, "", start)];
            points.Add(Point(SystemMetrics.LatencyP95, "", start));
            points.Add(Point("performance.accuracy", "", start));
            for (var feature = 0; feature < features; feature++)
                points.AddRange(PerFeature.Select(metric => Point(metric, $"feature_{feature:00}", start)));
            await host.Get<MetricPointStore>().WriteAsync(model.Id, points, default);
        }
    }

    private static MetricPoint Point(string metric, string feature, DateTimeOffset start) =>
        BenchPoints.Of(metric, feature, start, TimeSpan.FromHours(1), 0.1 + (metric.Length * 0.0137)) with
        {
            AlsoVersion = "2026-11-28",
        };

    private static async Task<(long Bytes, double Ms)> ScrapeAsync(BenchHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));
        var watch = Stopwatch.StartNew();
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var (buffer, bytes) = (new byte[1 << 16], 0L);
        while (await body.ReadAsync(buffer) is > 0 and var read)
            bytes += read;
        return (bytes, watch.Elapsed.TotalMilliseconds);
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static double ResidentMiB()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }

    /// <summary>The most memory that the process held while it was watched.</summary>
    private sealed class Peak : IDisposable
    {
        private readonly Timer _timer;
        private double _most;

        public Peak() => _timer = new Timer(_ => _most = Math.Max(_most, ResidentMiB()), null, 0, 10);

        public double MiB => _most;

        public void Dispose() => _timer.Dispose();
    }
}

using System.Globalization;
using System.Net.Http.Json;
using Plumbline.Alerting.Health;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Bench;

/// <summary>
/// What a model page reads: 100 features over 30 days of hourly points, seven drift measures and three quality rates each, two versions.
/// </summary>
internal static class ModelPageBenchmark
{
    private const int Features = 100;
    private const int Hours = 30 * 24;
    private static readonly string[] PerFeature =
    [
        "drift.psi",
        "drift.js",
        "drift.hellinger",
        "drift.total_variation",
        "drift.chi2",
        "drift.ks",
        "drift.wasserstein",
        "input.missing_rate",
        "input.out_of_range_rate",
        "input.type_error_rate",
    ];
    private static readonly string[] PerModel =
    [
        "input.rows",
        "system.error_rate",
        "system.latency_ms.p95",
        "output.top_share",
        "output.confidence",
        "performance.accuracy",
        "performance.roc_auc",
        "performance.label_coverage",
    ];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync()
    {
        await using var host = await BenchHost.StartAsync();
        using var put = await host.Client.PutAsJsonAsync("/v1/models/page", new { task = "binary" });
        var model = host.Get<ModelCatalog>().Find("page")!;
        var written = await FillAsync(host, model);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written:N0} points stored"));
        var reader = host.Get<MetricReader>();
        var (from, to) = (Start, Start.AddHours(Hours));
        await ReportAsync(
            "heat map: one measure, all features, all hours",
            () =>
                reader.ReadAsync(
                    model,
                    new MetricQuery
                    {
                        Metrics = ["drift.psi"],
                        From = from,
                        To = to,
                    },
                    default
                )
        );
        await ReportAsync(
            "one feature: all its measures",
            () =>
                reader.ReadAsync(
                    model,
                    new MetricQuery
                    {
                        Metrics = PerFeature,
                        Features = ["feature_42"],
                        From = from,
                        To = to,
                    },
                    default
                )
        );
        await ReportAsync(
            "summary: eight model-wide series",
            () =>
                reader.ReadAsync(
                    model,
                    new MetricQuery
                    {
                        Metrics = PerModel,
                        From = from,
                        To = to,
                    },
                    default
                )
        );
        await ReportAsync(
            "performance: three series of every version",
            () =>
                reader.ReadAsync(
                    model,
                    new MetricQuery
                    {
                        Metrics = ["performance.accuracy", "performance.roc_auc", "performance.label_coverage"],
                        Version = null,
                        From = from,
                        To = to,
                    },
                    default
                )
        );
        await ReportAsync(
            "ranking of all features over all hours",
            () => host.Get<FeatureRanking>().ReadAsync(model, from, to, model.Window, "", "", default)
        );
        await ReportAsync(
            "largest drift of each hour",
            () =>
                host.Get<FeatureRanking>()
                    .ReadLargestAsync(
                        model,
                        new MetricQuery
                        {
                            Metrics = ["drift.psi"],
                            From = from,
                            To = to,
                        },
                        0.1,
                        default
                    )
        );
        await ReportAsync("head of the page: health, releases, segments", () => host.Get<ModelOverviewReader>().ReadAsync(model, default));
        await ReportAsync(
            "over HTTP: one feature, all its measures",
            async () =>
            {
                var range = $"&from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}&limit=100000";
                const string metrics = "/v1/models/page/metrics?metric=drift.*,input.*&feature=feature_42";
                using var response = await host.Client.GetAsync(metrics + range);
                return (await response.Content.ReadAsByteArrayAsync()).Length;
            }
        );
        return 0;
    }

    private static async Task ReportAsync<T>(string what, Func<Task<T>> read)
    {
        var size = await read() is IReadOnlyCollection<MetricPoint> points ? points.Count : 0;
        var ms = await BenchHost.MedianMsAsync(() => read());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what, -50} {size, 8:N0} points {ms, 8:N1} ms"));
    }

    /// <summary>An hour at a time, as the window pass writes them, so that the engine has as many parts as in life.</summary>
    private static async Task<long> FillAsync(BenchHost host, ModelDefinition model)
    {
        var random = new Lcg(7);
        var store = host.Get<MetricPointStore>();
        long count = 0;
        for (var hour = 0; hour < Hours; hour++)
        {
            var points = new List<MetricPoint>();
            foreach (var version in (string[])["", "v1", "v2"])
            {
                foreach (var metric in PerModel)
                    points.Add(Point(metric, "", version, hour, random.Next()));
                for (var feature = 0; feature < Features; feature++)
                {
                    foreach (var metric in PerFeature)
                    {
                        points.Add(
                            Point(metric, string.Create(CultureInfo.InvariantCulture, $"feature_{feature}"), version, hour, random.Next())
                        );
                    }
                }
            }

            await store.WriteAsync(model.Id, points, default);
            count += points.Count;
            if (hour % 24 != 23)
                continue;
            // The day that these hours end, as the window pass merges it.
            var day = points
                .Select(point => point with { WindowStart = Start.AddHours(hour - 23), WindowEnd = Start.AddHours(hour + 1) })
                .Append(Point("system.requests", "", "", hour, 4000) with { WindowStart = Start.AddHours(hour - 23) })
                .ToList();
            await store.WriteAsync(model.Id, day, default);
            count += day.Count;
        }

        return count;
    }

    private static MetricPoint Point(string metric, string feature, string version, int hour, double value) =>
        BenchPoints.Of(metric, feature, Start.AddHours(hour), TimeSpan.FromHours(1), value) with
        {
            Version = version,
        };

    /// <summary>Seeded, so that two runs store the same bytes.</summary>
    private sealed class Lcg(ulong seed)
    {
        private ulong _state = seed;

        public double Next()
        {
            _state = (_state * 6364136223846793005) + 1442695040888963407;
            return (_state >> 11) / (double)(1UL << 53);
        }
    }
}

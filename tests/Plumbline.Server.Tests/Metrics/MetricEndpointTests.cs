using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Metrics;

public sealed class MetricEndpointTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Points_come_back_as_written_and_a_second_write_replaces()
    {
        var (name, id) = await NewModelAsync();
        var store = host.Get<MetricPointStore>();
        await store.WriteAsync(id, [Point("drift.psi", 0, 0.1), Point("drift.psi", 1, 0.2)], default);
        await store.WriteAsync(
            id,
            [Point("drift.psi", 1, 0.3) with { Lower = 0.25, Upper = 0.35, PValue = 0.01, Status = MetricStatus.Ok }],
            default
        );

        var points = await GetAsync(name, "metric=drift.psi&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z");

        Assert.Equal([0.1, 0.3], points.Select(point => point.GetProperty("value").GetDouble()));
        Assert.Equal(0.35, points[1].GetProperty("upper").GetDouble());
        Assert.Equal("ok", points[1].GetProperty("status").GetString());
        Assert.Equal("2026-03-01T01:00:00+00:00", points[1].GetProperty("window_start").GetString());
        Assert.Equal(JsonValueKind.Null, points[1].GetProperty("segment").ValueKind);
    }

    [Fact]
    public async Task Filters_select_feature_segment_version_and_window()
    {
        var (name, id) = await NewModelAsync();
        await host.Get<MetricPointStore>()
            .WriteAsync(
                id,
                [
                    Point("drift.psi", 0, 1),
                    Point("drift.psi", 0, 2) with
                    {
                        Feature = "b",
                    },
                    Point("drift.psi", 0, 3) with
                    {
                        Segment = "country=FR",
                    },
                    Point("drift.psi", 0, 4) with
                    {
                        Segment = "country=BR",
                    },
                    Point("drift.psi", 0, 5) with
                    {
                        Version = "v1",
                    },
                    Point("drift.js", 0, 6),
                    Point("drift.psi", 0, 7) with
                    {
                        WindowEnd = Start.AddDays(1),
                    },
                ],
                default
            );
        const string Range = "&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
        Assert.Equal([1d, 2], await ValuesAsync(name, "metric=drift.psi" + Range));
        Assert.Equal([2d], await ValuesAsync(name, "metric=drift.psi&feature=b" + Range));
        Assert.Equal([3d], await ValuesAsync(name, "metric=drift.psi&segment=country%3DFR" + Range));
        Assert.Equal([4d, 3], await ValuesAsync(name, "metric=drift.psi&segment=country%3D*" + Range));
        Assert.Equal([5d], await ValuesAsync(name, "metric=drift.psi&version=v1" + Range));
        Assert.Equal([6d, 1, 2], await ValuesAsync(name, "metric=drift.*" + Range));
        Assert.Equal([7d], await ValuesAsync(name, "metric=drift.psi&window=1d" + Range));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_double()
    {
        var (name, id) = await NewModelAsync();
        await host.Get<MetricPointStore>()
            .WriteAsync(id, [.. Enumerable.Range(0, 25).Select(hour => Point("drift.psi", hour, hour))], default);
        var seen = new List<double>();
        string? cursor = null;
        do
        {
            var answer = await host.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/models/{name}/metrics?metric=drift.psi&from=2026-03-01T00:00:00Z&to=2026-03-05T00:00:00Z&limit=10"
                    + $"{(cursor is null ? "" : $"&cursor={cursor}")}"
            );
            seen.AddRange(answer.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("value").GetDouble()));
            cursor = answer.GetProperty("next").GetString();
        } while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 25).Select(hour => (double)hour), seen);
    }

    [Theory]
    [InlineData("metric=drift.nothing", "unknown_metric")]
    [InlineData("from=yesterday", "time_invalid")]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "range_invalid")]
    [InlineData("window=3h", "window_invalid")]
    [InlineData("limit=0", "limit_invalid")]
    [InlineData("cursor=%27%3B%20DROP", "cursor_invalid")]
    [InlineData("cursor=bnVsbA", "cursor_invalid")]
    public async Task Bad_questions_get_a_reason(string query, string code)
    {
        var (name, _) = await NewModelAsync();
        using var response = await host.Client.GetAsync($"/v1/models/{name}/metrics?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Filters_are_values_never_statements()
    {
        var (name, id) = await NewModelAsync();
        const string Hostile = "x'); DROP TABLE metric_points; --\\";
        await host.Get<MetricPointStore>().WriteAsync(id, [Point("drift.psi", 0, 1) with { Feature = Hostile }], default);
        Assert.Equal(
            [1d],
            await ValuesAsync(
                name,
                $"metric=drift.psi&feature={Uri.EscapeDataString(Hostile)}&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"
            )
        );
    }

    [Fact]
    public async Task The_catalogue_defines_every_metric()
    {
        var catalogue = await host.Client.GetFromJsonAsync<JsonElement>("/v1/metrics-catalogue");
        var metrics = catalogue.GetProperty("metrics").EnumerateArray().ToList();
        string[] expected =
        [
            "system.requests",
            "system.error_rate",
            "system.latency_ms.p95",
            "input.rows",
            "input.missing_rate",
            "input.unseen_rate",
            "input.out_of_range_rate",
            "input.type_error_rate",
            "drift.psi",
            "drift.js",
            "drift.hellinger",
            "drift.ks",
            "drift.wasserstein",
            "drift.chi2",
            "drift.total_variation",
            "output.share",
            "output.top_share",
            "output.entropy",
            "output.confidence",
            "output.effective_classes",
            "performance.accuracy",
            "performance.roc_auc",
            "performance.ece",
            "performance.mae",
            "performance.r2",
            "performance.label_coverage",
        ];
        Assert.Empty(expected.Except(metrics.Select(metric => metric.GetProperty("name").GetString()!)));
        Assert.All(metrics, metric => Assert.True(metric.GetProperty("definition").GetString()!.Length > 20));
    }

    private static MetricPoint Point(string metric, int hour, double value) =>
        new()
        {
            Metric = metric,
            Feature = "a",
            WindowStart = Start.AddHours(hour),
            WindowEnd = Start.AddHours(hour + 1),
            Value = value,
            N = 100,
            Status = MetricStatus.Ok,
        };

    private async Task<(string Name, int Id)> NewModelAsync()
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        return (name, host.Get<ModelCatalog>().Find(name)!.Id);
    }

    private async Task<List<JsonElement>> GetAsync(string model, string query)
    {
        using var response = await host.Client.GetAsync($"/v1/models/{model}/metrics?{query}");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("points").EnumerateArray()];
    }

    private async Task<List<double>> ValuesAsync(string model, string query) =>
        [.. (await GetAsync(model, query)).Select(point => point.GetProperty("value").GetDouble())];
}

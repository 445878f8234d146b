using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Exposition.Scraping;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Access;
using Plumbline.Server.Tests.Processes;
using Plumbline.Server.Tests.Review;

namespace Plumbline.Server.Tests.Exposition;

/// <summary>/metrics: what it gives, in both formats, to whom, and what it leaves out.</summary>
public sealed partial class ScrapeTests(TestHost host, SecuredServer secured) : IClassFixture<SecuredServer>
{
    private static readonly DateTimeOffset Hour = ReviewWorld.LastHour;

    [Fact]
    public async Task Both_formats_are_what_real_tools_take()
    {
        var world = await FilledAsync();
        var text = await ScrapeAsync("text/plain");
        var (code, output) = await InstalledProgram.Promtool.RunAsync(text, "check", "metrics");
        Assert.True(code == 0 && output.Length == 0, output);

        // What Prometheus asks for by itself is OpenMetrics, and it takes none of it when a line is wrong.
        await using var prometheus = await PrometheusProcess.StartAsync(
            $"- {{ job_name: plumbline, static_configs: [ {{ targets: ['{host.Address.Authority}'] }} ] }}"
        );
        var scraped = Assert.Single(
            await prometheus.UntilAsync($$"""plumbline_drift_psi{model="{{world.Name}}",feature="amount",segment="",version=""}""")
        );
        Assert.Equal(await PointAsync(world.Name, "drift.psi", "amount"), scraped.Value, 1e-12);
        Assert.Equal(1, Assert.Single(await prometheus.QueryAsync("up")).Value);
        Assert.Contains("\"lastError\":\"\"", await prometheus.TargetsAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(await prometheus.QueryAsync("histogram_quantile(0.9, plumbline_window_batch_duration_seconds_bucket)"));
        var counted = $$"""plumbline_model_events_total{model="{{world.Name}}",outcome="stored"}""";
        Assert.Equal(400, Assert.Single(await prometheus.QueryAsync(counted)).Value);
    }

    [Fact]
    public async Task Gauges_are_of_the_newest_closed_window_with_its_scope()
    {
        var world = await FilledAsync();
        var samples = Samples(await ScrapeAsync("text/plain"), world.Name);

        Assert.Equal(200, samples["plumbline_system_requests{model}"]);
        Assert.Equal(200, samples["plumbline_system_requests{model,version=v2}"]);
        Assert.True(samples["plumbline_system_requests{model,segment=country=FR}"] is > 50 and < 150);
        Assert.Equal(0.25, samples["plumbline_system_latency_p50_seconds{model}"], 0.01);
        Assert.InRange(samples["plumbline_system_error_rate_ratio{model}"], 0, 0.2);
        Assert.True(samples.ContainsKey("plumbline_drift_psi{model,feature=amount}"));
        Assert.True(samples.ContainsKey("plumbline_output_share_ratio{model,class=1}"));
        Assert.Equal(Hour.AddHours(1).ToUnixTimeSeconds(), samples["plumbline_window_end_timestamp_seconds{model}"]);
        // Ground truth is known of the hour before: its numbers are given as long as newer ones wait.
        Assert.True(samples.ContainsKey("plumbline_performance_accuracy_ratio{model}"));
        Assert.Equal(Hour.ToUnixTimeSeconds(), samples["plumbline_labelled_window_end_timestamp_seconds{model}"]);
        Assert.Equal(0, samples["plumbline_open_incidents{model}"]);
        Assert.DoesNotContain(samples.Values, double.IsNaN);

        // What changes is seen in the next scrape.
        await world.PostAsync([.. ReviewWorld.Rows(50, 77, Hour).Select(row => row with { Id = "late" + row.Id })]);
        await host.WaitUntilComputedAsync(world.Name);
        Assert.Equal(250, Samples(await ScrapeAsync("text/plain"), world.Name)["plumbline_system_requests{model}"]);
    }

    [Fact]
    public async Task OpenMetrics_says_of_families_what_it_must()
    {
        await FilledAsync();
        var text = await ScrapeAsync("application/openmetrics-text;version=1.0.0;q=0.5, text/plain;version=0.0.4;q=0.2, */*;q=0.1");
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE plumbline_model_events counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# UNIT plumbline_system_latency_p95_seconds seconds\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE plumbline_build info\n", text, StringComparison.Ordinal);
        var families = TypeLine().Matches(text).Select(match => match.Groups[1].Value).ToList();
        Assert.Distinct(families);
        // Every sample follows the lines of its own family, and no series comes twice.
        var (family, series) = ("", new HashSet<string>(StringComparer.Ordinal));
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line + "\n") is { Success: true } type)
                family = type.Groups[1].Value;
            if (line[0] == '#')
                continue;
            Assert.StartsWith(family, line, StringComparison.Ordinal);
            Assert.True(series.Add(line[..line.LastIndexOf(' ')]), line);
        }
    }

    [Theory]
    [InlineData("application/openmetrics-text; version=1.0.0", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.1, text/plain;q=0.9", false)]
    [InlineData("text/html, */*", false)]
    [InlineData("not a type at all;;;", false)]
    [InlineData("", false)]
    public void The_format_is_the_one_asked_for(string accept, bool isOpen) =>
        Assert.Equal(isOpen ? ExpositionFormat.OpenMetrics : ExpositionFormat.Prometheus, AcceptedFormat.Of([accept]));

    [Fact]
    public async Task What_is_too_much_is_left_out_from_its_most_particular_end_and_counted()
    {
        var world = await FilledAsync();
        var text = await ScrapeWithAsync(new ExpositionOptions { MaxSeriesPerModel = 60 });
        var samples = Samples(text, world.Name);
        Assert.Equal(
            60,
            samples.Count(pair =>
                pair.Key.Contains("{model", StringComparison.Ordinal)
                && ExposedMetric.All.Any(metric => pair.Key.StartsWith(metric.Name + "{", StringComparison.Ordinal))
            )
        );
        Assert.True(samples["plumbline_model_series_dropped{model}"] > 10);
        Assert.True(samples.ContainsKey("plumbline_system_requests{model}"));
        Assert.DoesNotContain(samples.Keys, key => key.Contains("segment=", StringComparison.Ordinal));
        var dropped = Total(text);
        Assert.True(dropped > 10);
        // The next scrape leaves out as many again.
        Assert.True(Total(await ScrapeWithAsync(new ExpositionOptions { MaxSeriesPerModel = 60 })) > dropped);
        // A model for which there is no place is left out whole.
        Assert.DoesNotContain(
            "plumbline_drift_psi{",
            await ScrapeWithAsync(new ExpositionOptions { MaxSeries = 1 }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_model_that_is_old_or_gone_is_not_given()
    {
        var world = await FilledAsync();
        var id = world.Model.Id;
        await host.Get<MetricPointStore>()
            .WriteAsync(
                (await OldModelAsync()).Id,
                [
                    new MetricPoint
                    {
                        Metric = "system.requests",
                        WindowStart = Hour.AddDays(-9),
                        WindowEnd = Hour.AddDays(-9).AddHours(1),
                        Value = 7,
                        N = 7,
                        Status = MetricStatus.Ok,
                    },
                ],
                default
            );
        Assert.DoesNotContain("plumbline_system_requests{model=\"old", await ScrapeAsync("text/plain"), StringComparison.Ordinal);
        using var deleted = await host.Client.DeleteAsync($"/v1/models/{world.Name}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain($"\"{world.Name}\"", await ScrapeAsync("text/plain"), StringComparison.Ordinal);
        Assert.Equal(0, host.Get<MetricPointStore>().ChangesOf(id));
    }

    [Theory]
    [InlineData("read-key", HttpStatusCode.OK)]
    [InlineData("few-key", HttpStatusCode.Forbidden)]
    [InlineData("bound-key", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task It_is_for_who_may_read_everything(string? key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await secured.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    private async Task<ReviewWorld> FilledAsync()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var before = ReviewWorld.Rows(100, 75, Hour.AddHours(-1));
        await world.PostAsync(before);
        await host.PostAsync(
            world.Name,
            "predictions",
            [
                .. ReviewWorld
                    .Rows(200, 76, Hour)
                    .Select(row => new
                    {
                        prediction_id = row.Id,
                        timestamp = row.At,
                        prediction = row.Answer,
                        score = row.Score,
                        version = "v2",
                        latency_ms = 250,
                        features = new
                        {
                            amount = row.Amount,
                            country = row.Country,
                            note = row.Note,
                        },
                    }),
            ]
        );
        await host.PostAsync(
            world.Name,
            "ground-truth",
            [
                .. before.Select(row => new
                {
                    prediction_id = row.Id,
                    timestamp = row.At,
                    value = row.Truth,
                }),
            ]
        );
        await host.WaitUntilComputedAsync(world.Name);
        return world;
    }

    private async Task<ModelDefinition> OldModelAsync() =>
        host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }, "old"))!;

    private async Task<string> ScrapeAsync(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            accept.StartsWith("text", StringComparison.Ordinal) ? ExpositionText.PrometheusType : ExpositionText.OpenMetricsType,
            response.Content.Headers.ContentType!.ToString()
        );
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<string> ScrapeWithAsync(ExpositionOptions options)
    {
        using var cache = ActivatorUtilities.CreateInstance<SeriesCache>(host.Services, options);
        using var memory = new MemoryStream();
        var writer = System.IO.Pipelines.PipeWriter.Create(memory);
        await ActivatorUtilities
            .CreateInstance<Scrape>(host.Services, cache, options)
            .WriteAsync(writer, ExpositionFormat.Prometheus, TestContext.Current.CancellationToken);
        await writer.CompleteAsync();
        return System.Text.Encoding.UTF8.GetString(memory.ToArray());
    }

    private async Task<double> PointAsync(string model, string metric, string feature)
    {
        var answer = await host.Client.GetStringAsync(
            $"/v1/models/{model}/metrics?metric={metric}&feature={feature}"
                + $"&from={Hour:yyyy-MM-ddTHH:mm:ssZ}&to={Hour.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}"
        );
        return System.Text.Json.JsonDocument.Parse(answer).RootElement.GetProperty("points")[0].GetProperty("value").GetDouble();
    }

    // Samples of one model, as name{model,label=value} without quotes.
    private static Dictionary<string, double> Samples(string text, string model) =>
        text.Split('\n')
            .Where(line => line.Contains($"{{model=\"{model}\"", StringComparison.Ordinal))
            .ToDictionary(
                line =>
                    line[..line.LastIndexOf(' ')]
                        .Replace($"model=\"{model}\"", "model", StringComparison.Ordinal)
                        .Replace("\"", "", StringComparison.Ordinal),
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );

    private static double Total(string text) => double.Parse(DroppedLine().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^# TYPE (\S+) \S+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^plumbline_series_dropped_total (\S+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex DroppedLine();
}

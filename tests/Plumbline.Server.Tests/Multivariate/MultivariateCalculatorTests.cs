using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Multivariate;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Estimation;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Statistics;
using Plumbline.Statistics.Multivariate;
using static Plumbline.Server.Tests.Estimation.EstimationWorld;

namespace Plumbline.Server.Tests.Multivariate;

/// <summary>Drift of all features together, from events to points on the real server.</summary>
public sealed class MultivariateCalculatorTests(TestHost host)
{
    private const string All = "drift.multivariate.*";

    /// <summary>x and y are close to each other, z and the plan stand apart.</summary>
    private sealed record Row(double X, double Y, double Z, string Plan);

    [Fact]
    public async Task Without_drift_the_rows_cannot_be_told_apart()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(3000, 1));
        await PostAsync(model, 0, Rows(1500, 2));
        await host.WaitUntilComputedAsync(model.Name);
        var points = await PointsAsync(host, model, All, "&window=1d");
        var area = Point(points, "drift.multivariate.domain_classifier");
        Assert.InRange(area.Value(), 0.45, 0.55);
        Assert.InRange(0.5, area.Value("lower"), area.Value("upper"));
        Assert.Equal(1500, area.GetProperty("n").GetInt64());
        var band = Point(points, "drift.multivariate.pca_reference");
        Assert.InRange(Point(points, "drift.multivariate.pca").Value(), band.Value("lower"), band.Value("upper"));
    }

    [Fact]
    public async Task A_relation_that_breaks_shows_where_no_single_feature_does()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(3000, 3));
        await PostAsync(model, 0, [.. Rows(1500, 4).Select(row => row with { Y = -row.Y })]);
        await host.WaitUntilComputedAsync(model.Name);
        var points = await PointsAsync(host, model, All, "&window=1d&feature=*");
        Assert.True(Point(points, "drift.multivariate.domain_classifier").Value("lower") > 0.75);
        Assert.True(
            Point(points, "drift.multivariate.pca").Value("lower") > Point(points, "drift.multivariate.pca_reference").Value("upper")
        );
        Assert.Equal(["x", "y"], Contributors(points).Take(2).Order(StringComparer.Ordinal));
        // Each feature alone is where it was.
        var alone = await PointsAsync(host, model, "drift.psi", "&window=1d&feature=y");
        Assert.True(Point(alone, "drift.psi", feature: "y").Value() < 0.05);
    }

    [Fact]
    public async Task The_feature_that_drifts_is_the_first_culprit_and_the_numbers_are_the_library_s()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(3000, 5));
        await PostAsync(model, 0, [.. Rows(800, 6).Select(row => row with { Z = row.Z + 1.5 })]);
        await host.WaitUntilComputedAsync(model.Name);
        var points = await PointsAsync(host, model, All, "&window=1d&feature=*");
        Assert.Equal("z", Contributors(points)[0]);
        Assert.Equal(
            1,
            points.Where(point => point.GetProperty("metric").GetString() == "drift.multivariate.importance").Sum(point => point.Value()),
            1e-9
        );

        model = host.Get<ModelCatalog>().Find(model.Id)!;
        var baseline = host.Get<BaselineCatalog>().Find(model.Id)!;
        var features = FeatureSelection.Of(model, baseline);
        Assert.Equal(["x", "y", "z", "plan"], features.Features.Select(feature => feature.Name));
        var samples = host.Get<RowSamples>();
        var reference = await samples.ReferenceAsync(model, baseline, features.Features, 4000, onlyLabelled: false, default);
        var current = (await samples.WindowsAsync(model, Start, Start.AddDays(1), TimeSpan.FromDays(1), features.Features, 2000, default))[
            0
        ];
        Assert.Equal((3000, 800), (reference.Rows, current.Rows));
        var fitted = reference.Select([.. Enumerable.Range(0, 1500)]).ToTable();
        var expected = DomainClassifier.Measure(fitted, current.ToTable(), folds: 2, maximumRows: 2000);
        var area = Point(points, "drift.multivariate.domain_classifier");
        Assert.Equal(
            (expected.RocAuc.Value!.Value, expected.RocAuc.Lower!.Value, expected.RocAuc.Upper!.Value),
            (area.Value(), area.Value("lower"), area.Value("upper"))
        );
        Assert.Equal(
            PcaReconstruction.Fit(fitted).Measure(current.ToTable()).Error.Value!.Value,
            Point(points, "drift.multivariate.pca").Value(),
            1e-12
        );

        // The same again: the sample of a window depends on nothing but the window.
        var again = new List<MetricPoint>();
        var calculator = new MultivariateCalculator(
            new ReferenceShapes(samples, host.Get<BaselineCatalog>()),
            samples,
            TimeProvider.System
        );
        await calculator.CalculateAsync(model, [new MetricWindow(Start, Start.AddDays(1))], again, default);
        Assert.Equal(area.Value(), again.Single(point => point.Metric == "drift.multivariate.domain_classifier").Value!.Value);
    }

    [Fact]
    public async Task Big_windows_are_sampled_and_the_sample_says_how_many()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(600, 7));
        await PostAsync(model, 0, Rows(2500, 8));
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Equal(
            2000,
            Point(await PointsAsync(host, model, All, "&window=1d"), "drift.multivariate.domain_classifier").GetProperty("n").GetInt64()
        );
    }

    [Fact]
    public async Task Hours_have_the_classifier_when_they_are_computed_soon_after_their_end()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(600, 9));
        await PostAsync(model, 0, Rows(150, 10));
        await PostAsync(model, 1, Rows(60, 11));
        await host.WaitUntilComputedAsync(model.Name);
        // These hours are long past: reconstruction only.
        var stored = await PointsAsync(host, model, All);
        Assert.Equal(
            ["drift.multivariate.pca", "drift.multivariate.pca_reference"],
            stored.Select(point => point.GetProperty("metric").GetString()).Distinct().Order(StringComparer.Ordinal)
        );

        var soon = new StoppedClock(Start.AddHours(3));
        var points = new List<MetricPoint>();
        await new MultivariateCalculator(host.Get<ReferenceShapes>(), host.Get<RowSamples>(), soon).CalculateAsync(
            host.Get<ModelCatalog>().Find(model.Id)!,
            [new MetricWindow(Start, Start.AddHours(1)), new MetricWindow(Start.AddHours(1), Start.AddHours(2))],
            points,
            default
        );
        var areas = points
            .Where(point => point.Metric == "drift.multivariate.domain_classifier")
            .OrderBy(point => point.WindowStart)
            .ToList();
        Assert.Equal([MetricStatus.Ok, MetricStatus.InsufficientData], areas.Select(point => point.Status));
    }

    [Fact]
    public async Task Without_a_reference_there_is_nothing_to_compare_and_a_small_one_does_not_do()
    {
        var model = await NewModelAsync();
        await PostAsync(model, 0, Rows(150, 12));
        await host.WaitUntilComputedAsync(model.Name);
        await PutReferenceAsync(model, Rows(ReferenceShapes.LeastRows - 1, 13));
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Empty(await PointsAsync(host, model, All, "&window=1d&feature=*"));
    }

    [Fact]
    public async Task Ground_truth_does_not_compute_it_again()
    {
        var model = await NewModelAsync();
        await PutReferenceAsync(model, Rows(600, 14));
        await PostAsync(model, 0, Rows(150, 15));
        await host.WaitUntilComputedAsync(model.Name);
        var computed = await ComputedAtAsync(model);
        await host.AcceptAsync(
            model.Name,
            "ground-truth",
            string.Join(
                '\n',
                Enumerable.Range(0, 150).Select(i => JsonSerializer.Serialize(new { prediction_id = $"0-{i}", value = "1" }))
            ),
            "application/x-ndjson"
        );
        await host.WaitUntilComputedAsync(model.Name);
        Assert.NotEmpty(await PointsAsync(host, model, "performance.accuracy", "&window=1d"));
        Assert.Equal(computed, await ComputedAtAsync(model));
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private async Task<long> ComputedAtAsync(ModelDefinition model)
    {
        using var rows = await host.Get<Store.IColumnStore>()
            .QueryAsync(
                new Store.SqlStatement(
                    "SELECT toInt64(toUnixTimestamp64Milli(max(computed_at))) FROM metric_points WHERE model_id = {model:UInt32} "
                        + "AND startsWith(metric, 'drift.multivariate')",
                    new Store.SqlParameter("model", model.Id)
                ),
                default
            );
        Assert.True(rows.Read());
        return rows.ReadInt64();
    }

    private static List<string?> Contributors(IEnumerable<JsonElement> points) =>
        [
            .. points
                .Where(point => point.GetProperty("metric").GetString() == "drift.multivariate.importance")
                .OrderByDescending(point => point.Value())
                .Select(point => point.GetProperty("feature").GetString()),
        ];

    private static List<Row> Rows(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var x = random.NextGaussian();
                    return new Row(x, x + (0.3 * random.NextGaussian()), random.NextGaussian(), $"p{random.NextInt(3)}");
                }),
        ];
    }

    private async Task<ModelDefinition> NewModelAsync() =>
        host.Model(
            await host.CreateModelAsync(
                new
                {
                    task = "binary",
                    positive_class = "1",
                    features = new
                    {
                        x = new { type = "numeric" },
                        y = new { type = "numeric" },
                        z = new { type = "numeric" },
                        plan = new { type = "categorical" },
                    },
                },
                "multivariate"
            )
        );

    private async Task PutReferenceAsync(ModelDefinition model, List<Row> rows)
    {
        var csv = new StringBuilder("x,y,z,plan,answer\n");
        foreach (var row in rows)
            csv.Append(CultureInfo.InvariantCulture, $"{row.X},{row.Y},{row.Z},{row.Plan},1\n");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv.ToString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{model.Name}/reference?prediction=answer", UriKind.Relative),
            content
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task PostAsync(ModelDefinition model, int hour, List<Row> rows)
    {
        foreach (var (batch, part) in rows.Chunk(1000).Select((batch, part) => (batch, part)))
        {
            await host.AcceptAsync(
                model.Name,
                "predictions",
                string.Join(
                    '\n',
                    batch.Select(
                        (row, i) =>
                            JsonSerializer.Serialize(
                                new
                                {
                                    prediction_id = $"{hour}-{(part * 1000) + i}",
                                    timestamp = Start.AddHours(hour).AddSeconds((part * 1000) + i),
                                    features = new
                                    {
                                        x = row.X,
                                        y = row.Y,
                                        z = row.Z,
                                        plan = row.Plan,
                                    },
                                    prediction = "1",
                                }
                            )
                    )
                ),
                "application/x-ndjson"
            );
        }
    }
}

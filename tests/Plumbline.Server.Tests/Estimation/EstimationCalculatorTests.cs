using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Trees;
using Plumbline.Store;
using static Plumbline.Server.Tests.Estimation.EstimationWorld;

namespace Plumbline.Server.Tests.Estimation;

/// <summary>
/// Estimated performance of the real server against the library's own result on the same rows, and against what is true by construction.
/// </summary>
public sealed class EstimationCalculatorTests(TestHost host)
{
    private const string All = "estimated.*";

    [Fact]
    public async Task A_binary_model_has_the_library_s_estimates_per_scope_before_any_ground_truth()
    {
        var model = await CreateAsync(host, "binary");
        var (reference, rows) = (Binary(4000, 1), Binary(600, 2));
        await PutReferenceAsync(host, model, reference);
        await PostAsync(host, model, 0, rows);
        await host.WaitUntilComputedAsync(model.Name);

        var points = await PointsAsync(host, model, All, "&segment=*&version=*");
        var estimator = BinaryPerformanceEstimator.Fit(
            [.. reference.Select(row => row.Score)],
            [.. reference.Select(row => row.Truth == "1")]
        );
        Assert.True(estimator.IsCalibrated);
        foreach (
            var (segment, version, scope) in new[]
            {
                (null, null, rows),
                (null, "v1", rows),
                ("country=FR", null, rows.Where(row => row.Country == "FR").ToList()),
                ("country=DE", (string?)"v1", rows.Where(row => row.Country == "DE").ToList()),
            }
        )
        {
            var expected = estimator.Estimate([.. scope.Select(row => row.Score)], [.. scope.Select(row => row.Answer == "1")]);
            foreach (
                var (metric, value) in new[]
                {
                    ("accuracy", expected.Accuracy),
                    ("precision", expected.Precision),
                    ("recall", expected.Recall),
                    ("f1", expected.F1),
                    ("roc_auc", expected.RocAuc),
                }
            )
            {
                var point = Point(points, $"estimated.{metric}", segment: segment, version: version);
                Assert.Equal(value.Estimate.Value!.Value, point.Value(), 1e-9);
                Assert.Equal(value.Estimate.Lower!.Value, point.Value("lower"), 1e-9);
                Assert.Equal(value.Estimate.Upper!.Value, point.Value("upper"), 1e-9);
                Assert.Equal(scope.Count, point.GetProperty("n").GetInt64());
            }
        }

        // By construction: a positive answer is right with probability s², a negative one with 1 - s².
        Assert.Equal(
            rows.Average(row => row.Answer == "1" ? row.Score * row.Score : 1 - (row.Score * row.Score)),
            Point(points, "estimated.accuracy").Value(),
            0.02
        );
        Assert.Equal(0, Point(points, "estimated.outside_support").Value(), 0.01);
        Assert.DoesNotContain(points, point => point.GetProperty("metric").GetString() == "estimated.error");
    }

    [Fact]
    public async Task Late_ground_truth_gives_the_estimator_s_own_error_over_the_labelled_rows()
    {
        var model = await CreateAsync(host, "binary");
        var (reference, rows) = (Binary(3000, 3), Binary(500, 4));
        await PutReferenceAsync(host, model, reference);
        await PostAsync(host, model, 0, rows);
        await PostAsync(host, model, 1, Binary(500, 5));
        await host.WaitUntilComputedAsync(model.Name);
        var before = await PointsAsync(host, model, All);

        var labelled = rows.Where(row => row.Score > 0.3).ToList();
        await PostGroundTruthAsync(host, model, labelled);
        await host.WaitUntilComputedAsync(model.Name);

        var points = await PointsAsync(host, model, All);
        var expected = BinaryPerformanceEstimator
            .Fit([.. reference.Select(row => row.Score)], [.. reference.Select(row => row.Truth == "1")])
            .Estimate([.. labelled.Select(row => row.Score)], [.. labelled.Select(row => row.Answer == "1")])
            .Accuracy.Estimate;
        var realised = labelled.Count(row => row.Answer == row.Truth) / (double)labelled.Count;
        var error = Point(points, "estimated.error", @class: "accuracy");
        Assert.Equal(realised - expected.Value!.Value, error.Value(), 1e-9);
        Assert.Equal(realised - expected.Upper!.Value, error.Value("lower"), 1e-9);
        Assert.Equal(realised - expected.Lower!.Value, error.Value("upper"), 1e-9);
        Assert.Equal(labelled.Count, error.GetProperty("n").GetInt64());
        Assert.InRange(Math.Abs(Point(points, "estimated.error", @class: "roc_auc").Value()), 0, 0.1);
        // The estimate over all rows stays what it was, and the hour without ground truth has no error.
        Assert.Equal(Point(before, "estimated.accuracy").Value(), Point(points, "estimated.accuracy").Value(), 1e-12);
        Assert.DoesNotContain(
            points,
            point =>
                point.GetProperty("metric").GetString() == "estimated.error"
                && point.GetProperty("window_start").GetDateTimeOffset() == Start.AddHours(1)
        );
        // Days and weeks have theirs.
        Assert.Equal(
            labelled.Count,
            Point(await PointsAsync(host, model, All, "&window=1d"), "estimated.error", @class: "accuracy").GetProperty("n").GetInt64()
        );
    }

    [Fact]
    public async Task Without_ground_truth_in_the_reference_there_are_no_points_and_a_reason()
    {
        var model = await CreateAsync(host, "binary");
        await PostAsync(host, model, 0, Binary(100, 6));
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Equal(EstimatorGap.NoReference, await GapAsync(model));

        await PutReferenceAsync(host, model, Binary(1000, 7), withGroundTruth: false);
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Equal(EstimatorGap.NoGroundTruth, await GapAsync(model));
        Assert.Empty(await PointsAsync(host, model, All));

        await PutReferenceAsync(host, model, Binary(99, 8));
        Assert.Equal(EstimatorGap.TooFewRows, await GapAsync(model));
        await PutReferenceAsync(host, model, [.. Binary(500, 9).Select(row => row with { Truth = "0" })]);
        Assert.Equal(EstimatorGap.OneClass, await GapAsync(model));

        // With ground truth the estimates come by themselves, for what was there before as well.
        await PutReferenceAsync(host, model, Binary(1000, 7));
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Null(await GapAsync(model));
        Assert.Equal(100, Point(await PointsAsync(host, model, All), "estimated.roc_auc").GetProperty("n").GetInt64());
    }

    [Fact]
    public async Task Below_30_rows_nothing_is_said()
    {
        var model = await CreateAsync(host, "binary");
        await PutReferenceAsync(host, model, Binary(1000, 10));
        await PostAsync(host, model, 0, Binary(29, 11));
        await host.WaitUntilComputedAsync(model.Name);
        var point = Point(await PointsAsync(host, model, All), "estimated.accuracy");
        Assert.Equal(
            ("insufficient_data", 29, System.Text.Json.JsonValueKind.Null),
            (point.GetProperty("status").GetString(), point.GetProperty("n").GetInt64(), point.GetProperty("value").ValueKind)
        );
    }

    [Fact]
    public async Task Regression_losses_come_from_the_features()
    {
        var model = await CreateAsync(host, "regression");
        var (reference, rows) = (Regression(3000, 12), Regression(400, 13, shift: 40));
        await PutReferenceAsync(host, model, reference);
        await PostAsync(host, model, 0, rows);
        await host.WaitUntilComputedAsync(model.Name);
        var points = await PointsAsync(host, model, All, "&segment=*");

        // |error| is amount / 10 by construction; the reference's mean would say 5.
        var truth = rows.Average(row => row.Amount) / 10;
        Assert.True(truth > 7);
        var mae = Point(points, "estimated.mae");
        Assert.Equal(truth, mae.Value(), 0.15);
        Assert.Equal(Math.Sqrt(rows.Average(row => row.Amount * row.Amount)) / 10, Point(points, "estimated.rmse").Value(), 0.15);
        Assert.Equal(
            rows.Count(row => row.Country == "FR"),
            Point(points, "estimated.mae", segment: "country=FR").GetProperty("n").GetInt64()
        );

        // The library's result on the same sample, read the same way.
        var estimator = (await host.Get<EstimatorCatalog>().FindAsync(host.Get<ModelCatalog>().Find(model.Id)!, default)).Losses!;
        var sample = await host.Get<RowSamples>()
            .ReferenceAsync(
                model,
                host.Get<BaselineCatalog>().Find(model.Id)!,
                estimator.Features.Features,
                EstimatorFitting.LossRows,
                onlyLabelled: true,
                default
            );
        Assert.Equal(3000, sample.Rows);
        var expected = RegressionPerformanceEstimator
            .Fit(sample.ToTable(), [.. sample.PredictionValues], [.. sample.GroundTruthValues], folds: 3)
            .Estimate(TableOf(rows), [.. rows.Select(row => double.Parse(row.Answer, System.Globalization.CultureInfo.InvariantCulture))]);
        Assert.Equal(expected.MeanAbsoluteError.Estimate.Value!.Value, mae.Value(), 1e-9);
        Assert.Equal(expected.MeanAbsoluteError.Estimate.Lower!.Value, mae.Value("lower"), 1e-9);

        await PostGroundTruthAsync(host, model, rows);
        await host.WaitUntilComputedAsync(model.Name);
        var error = Point(await PointsAsync(host, model, All), "estimated.error", @class: "mae");
        Assert.Equal(truth - mae.Value(), error.Value(), 1e-3);
        Assert.InRange(0, error.Value("lower"), error.Value("upper"));
    }

    [Fact]
    public async Task Rows_beyond_the_reference_are_counted()
    {
        var model = await CreateAsync(host, "regression");
        await PutReferenceAsync(host, model, [.. Regression(1000, 14).Where(row => row.Amount < 80)]);
        var rows = Regression(200, 15).Select((row, i) => i % 10 == 0 ? row with { Country = "BR" } : row).ToList();
        await PostAsync(host, model, 0, rows);
        await host.WaitUntilComputedAsync(model.Name);
        var share = rows.Count(row => row.Amount > 80 || row.Country == "BR") / 200.0;
        Assert.Equal(share, Point(await PointsAsync(host, model, All), "estimated.outside_support").Value(), 0.011);
    }

    [Fact]
    public async Task Several_classes_with_confidence_only_have_an_accuracy()
    {
        var model = await CreateAsync(host, "multiclass");
        // The answered class's confidence c comes true with probability c.
        List<WorldRow> Rows(int count, ulong seed) =>
            [
                .. Binary(count, seed)
                    .Select(row =>
                        row with
                        {
                            Answer = row.Score >= 0.5 ? "1" : "0",
                            Truth = row.Truth,
                            Score = Math.Max(row.Score, 1 - row.Score),
                        }
                    ),
            ];
        var (reference, rows) = (Rows(2000, 16), Binary(300, 17));
        await PutReferenceAsync(host, model, reference);
        await PostAsync(host, model, 0, rows, withProbabilities: true);
        await host.WaitUntilComputedAsync(model.Name);
        var points = await PointsAsync(host, model, All);
        var expected = BinaryPerformanceEstimator
            .Fit([.. reference.Select(row => row.Score)], [.. reference.Select(row => row.Answer == row.Truth)])
            .Estimate([.. rows.Select(row => Math.Max(row.Score, Math.Round(1 - row.Score, 4)))], [.. rows.Select(_ => true)]);
        Assert.Equal(expected.Accuracy.Estimate.Value!.Value, Point(points, "estimated.accuracy").Value(), 1e-9);
        Assert.DoesNotContain(points, point => point.GetProperty("metric").GetString() is "estimated.roc_auc" or "estimated.f1");
    }

    [Fact]
    public async Task A_past_window_as_reference_gets_all_metrics_of_several_classes_and_waits_for_its_ground_truth()
    {
        var model = await CreateAsync(host, "multiclass");
        var (reference, rows) = (Binary(2000, 18), Binary(400, 19));
        await PostAsync(host, model, 0, reference, withProbabilities: true);
        await PostAsync(host, model, 5, rows, withProbabilities: true);
        await PostGroundTruthAsync(host, model, reference);
        await host.WaitUntilComputedAsync(model.Name);
        using (
            var response = await System.Net.Http.Json.HttpClientJsonExtensions.PutAsJsonAsync(
                host.Client,
                $"/v1/models/{model.Name}/reference",
                new { from = Start, to = Start.AddHours(1) }
            )
        )
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }

        await host.WaitUntilComputedAsync(model.Name);

        var points = await PointsAsync(host, model, All);
        Assert.Equal(
            rows.Average(row => row.Answer == "1" ? row.Score * row.Score : 1 - (row.Score * row.Score)),
            Point(points, "estimated.accuracy", 5).Value(),
            0.03
        );
        Assert.Equal(400, Point(points, "estimated.f1", 5).GetProperty("n").GetInt64());
        Assert.True(Point(points, "estimated.roc_auc", 5).Value() > 0.7);
    }

    [Fact]
    public async Task After_a_restart_the_same_numbers_come_from_the_stored_reference()
    {
        var model = await CreateAsync(host, "binary");
        await PutReferenceAsync(host, model, Binary(1500, 20));
        await PostAsync(host, model, 0, Binary(300, 21));
        await host.WaitUntilComputedAsync(model.Name);
        var stored = await PointsAsync(host, model, All);

        // What a new process has: the same state and engine, no estimator in memory.
        var fresh = new EstimatorCatalog(
            host.Get<EstimatorFitting>(),
            host.Get<BaselineCatalog>(),
            host.Get<IColumnStore>(),
            host.Get<WindowLedger>(),
            TimeProvider.System,
            NullLogger<EstimatorCatalog>.Instance
        );
        var points = new List<MetricPoint>();
        await new EstimationCalculator(fresh, host.Get<LabelledGroups>(), host.Get<RowSamples>()).CalculateAsync(
            host.Get<ModelCatalog>().Find(model.Id)!,
            [new MetricWindow(Start, Start.AddHours(1))],
            points,
            default
        );
        foreach (var metric in new[] { "accuracy", "roc_auc", "f1" })
        {
            var again = Assert.Single(points, point => point.Metric == $"estimated.{metric}" && point is { Segment: "", Version: "" });
            var before = Point(stored, $"estimated.{metric}");
            Assert.Equal(
                (before.Value(), before.Value("lower"), before.Value("upper")),
                (again.Value!.Value, again.Lower!.Value, again.Upper!.Value)
            );
        }
    }

    [Fact]
    public async Task A_past_window_as_reference_is_looked_at_again_until_its_ground_truth_has_come()
    {
        var model = await CreateAsync(host, "binary");
        var reference = Binary(400, 22);
        await PostAsync(host, model, 0, reference);
        await PostAsync(host, model, 5, Binary(100, 23));
        await host.WaitUntilComputedAsync(model.Name);
        using (
            var response = await System.Net.Http.Json.HttpClientJsonExtensions.PutAsJsonAsync(
                host.Client,
                $"/v1/models/{model.Name}/reference",
                new { from = Start, to = Start.AddHours(1) }
            )
        )
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }

        await host.WaitUntilComputedAsync(model.Name);
        model = host.Get<ModelCatalog>().Find(model.Id)!;
        var clock = new SetClock { Now = Start.AddDays(3) };
        var catalog = new EstimatorCatalog(
            host.Get<EstimatorFitting>(),
            host.Get<BaselineCatalog>(),
            host.Get<IColumnStore>(),
            host.Get<WindowLedger>(),
            clock,
            NullLogger<EstimatorCatalog>.Instance
        );
        Assert.Equal(EstimatorGap.NoGroundTruth, (await catalog.FindAsync(model, default)).Gap);

        await PostGroundTruthAsync(host, model, reference);
        await host.WaitUntilComputedAsync(model.Name);
        // Not at every window: a minute later.
        Assert.Equal(EstimatorGap.NoGroundTruth, (await catalog.FindAsync(model, default)).Gap);
        clock.Now += TimeSpan.FromMinutes(2);
        var estimator = await catalog.FindAsync(model, default);
        Assert.Equal((null, 400), (estimator.Gap, estimator.LabelledRows));
        Assert.Same(estimator, await catalog.FindAsync(model, default));
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private async Task<EstimatorGap?> GapAsync(ModelDefinition model) =>
        (await host.Get<EstimatorCatalog>().FindAsync(host.Get<ModelCatalog>().Find(model.Id)!, default)).Gap;

    private static FeatureTable TableOf(List<WorldRow> rows) =>
        new FeatureTable(rows.Count)
            .WithNumeric("amount", [.. rows.Select(row => row.Amount)])
            .WithCategorical("country", [.. rows.Select(row => row.Country)]);
}

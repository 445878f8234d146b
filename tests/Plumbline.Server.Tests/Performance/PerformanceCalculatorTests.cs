using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Performance;

/// <summary>Realised performance straight from the engine's tables, as ingestion leaves them.</summary>
public sealed class PerformanceCalculatorTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 0, 0, TimeSpan.Zero);
    private static readonly MetricWindow Hour = new(Start, Start.AddHours(1));

    /// <summary>The labelled scores of the statistics sheet: ROC AUC 0.9.</summary>
    private static readonly (string Truth, double Score)[] Golden =
    [
        ("0", .1),
        ("0", .4),
        ("1", .35),
        ("1", .8),
        ("0", .3),
        ("1", .9),
        ("1", .6),
        ("0", .6),
        ("1", .7),
        ("0", .2),
    ];

    [Fact]
    public async Task Binary_golden_scores_four_times_over()
    {
        var model = await NewModelAsync(new { task = "binary", positive_class = "1" });
        var rows = Enumerable
            .Range(0, 4)
            .SelectMany(_ => Golden)
            .Select((row, i) => new Row($"p{i}", Start.AddMinutes(i), row.Score >= 0.5 ? "1" : "0", row.Score, row.Truth))
            .ToList();
        await InsertAsync(model, rows);

        var points = await CalculateAsync(model, Hour);

        Assert.Equal(0.9, Value(points, "performance.roc_auc"), 1e-12);
        Assert.Equal(0.8, Value(points, "performance.accuracy"), 1e-12);
        Assert.Equal(1, Value(points, "performance.label_coverage"));
        Assert.Equal(
            Golden.Average(row => Math.Pow(row.Score - double.Parse(row.Truth, System.Globalization.CultureInfo.InvariantCulture), 2)),
            Value(points, "performance.brier"),
            1e-12
        );
        var auc = points.Single(point => point.Metric == "performance.roc_auc" && point.Version.Length == 0);
        Assert.Equal(40, auc.N);
        Assert.True(auc.Lower < 0.9 && auc.Upper > 0.9);
    }

    [Fact]
    public async Task Predictions_without_ground_truth_lower_the_coverage_only()
    {
        var model = await NewModelAsync(new { task = "binary", positive_class = "1" });
        await InsertAsync(
            model,
            [.. Enumerable.Range(0, 80).Select(i => new Row($"p{i}", Start.AddSeconds(i), "1", 0.9, i < 40 ? "1" : null))]
        );
        var points = await CalculateAsync(model, Hour);
        Assert.Equal(0.5, Value(points, "performance.label_coverage"));
        Assert.Equal(1, Value(points, "performance.accuracy"));
        Assert.Equal(
            MetricStatus.Undefined,
            points.Single(point => point.Metric == "performance.roc_auc" && point.Version.Length == 0).Status
        );
    }

    [Fact]
    public async Task Ground_truth_that_comes_after_the_declared_delay_is_not_in_time()
    {
        var model = await NewModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                label_delay = "2h",
            }
        );
        await InsertAsync(
            model,
            [
                .. Enumerable
                    .Range(0, 80)
                    .Select(i => new Row(
                        $"p{i}",
                        Start.AddSeconds(i),
                        "1",
                        0.9,
                        i < 60 ? "1" : null,
                        LabelledAfter: i < 20 ? TimeSpan.FromHours(2) : TimeSpan.FromHours(3)
                    )),
            ]
        );
        var points = await CalculateAsync(model, Hour);
        Assert.Equal(0.75, Value(points, "performance.label_coverage"));
        Assert.Equal(0.25, Value(points, "performance.labelled_in_time"));
    }

    [Fact]
    public async Task The_last_ground_truth_counts_and_windows_and_versions_are_kept_apart()
    {
        var model = await NewModelAsync(new { task = "binary", positive_class = "1" });
        var first = Enumerable.Range(0, 40).Select(i => new Row($"a{i}", Start.AddSeconds(i), "1", 0.9, "0", Version: "v1"));
        var second = Enumerable.Range(0, 40).Select(i => new Row($"b{i}", Start.AddHours(1).AddSeconds(i), "1", 0.9, "1", Version: "v2"));
        await InsertAsync(model, [.. first, .. second]);
        // The same predictions again, labelled later: they were right after all.
        await InsertMatchedAsync(model, [.. first.Select(row => row with { Truth = "1" })], labelledAt: Start.AddDays(9));

        var points = await CalculateAsync(model, Hour, new MetricWindow(Hour.End, Hour.End.AddHours(1)));

        Assert.Equal(
            [1d, 1d],
            points
                .Where(point => point.Metric == "performance.accuracy" && point.Version.Length == 0)
                .OrderBy(point => point.WindowStart)
                .Select(point => point.Value!.Value)
        );
        Assert.Equal(
            ["v1", "v2"],
            points
                .Where(point => point.Metric == "performance.accuracy" && point.Version.Length > 0)
                .OrderBy(point => point.WindowStart)
                .Select(point => point.Version)
        );
    }

    [Fact]
    public async Task Several_classes_are_averaged()
    {
        var model = await NewModelAsync(new { task = "multiclass", classes = new[] { "a", "b", "c" } });
        // 30 rows: a right 10 times, b right 5 of 10, c never (answered a).
        var rows = Enumerable
            .Range(0, 30)
            .Select(i => new Row(
                $"p{i}",
                Start.AddSeconds(i),
                i < 10 ? "a"
                    : i < 15 ? "b"
                    : "a",
                double.NaN,
                i < 10 ? "a"
                    : i < 20 ? "b"
                    : "c"
            ));
        await InsertAsync(model, [.. rows]);
        var points = await CalculateAsync(model, Hour);
        Assert.Equal(0.5, Value(points, "performance.accuracy"), 1e-12);
        Assert.Equal((1 + 0.5 + 0) / 3, Value(points, "performance.recall"), 1e-12);
        Assert.Equal(((10 / 25.0) + 1 + 0) / 3, Value(points, "performance.precision"), 1e-12);
    }

    [Fact]
    public async Task Classes_that_never_occur_count_in_the_average_over_all_classes_only()
    {
        var model = await NewModelAsync(new { task = "multiclass", classes = new[] { "a", "b", "c", "d" } });
        await InsertAsync(
            model,
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i => new Row($"p{i}", Start.AddSeconds(i), i < 20 ? "a" : "b", double.NaN, i is < 20 or 39 ? "a" : "b")),
            ]
        );
        var points = await CalculateAsync(model, Hour);
        Assert.Equal((1 + 0.95) / 2, Value(points, "performance.precision"), 1e-12);
        Assert.Equal((1 + 0.95) / 4, Value(points, "performance.precision_all_classes"), 1e-12);
        Assert.Equal(((20 / 21.0) + 1) / 4, Value(points, "performance.recall_all_classes"), 1e-12);
        Assert.Equal(((40 / 41.0) + (38 / 39.0)) / 4, Value(points, "performance.f1_all_classes"), 1e-12);
    }

    [Fact]
    public async Task Relative_errors_say_which_rows_they_leave_out()
    {
        var model = await NewModelAsync(new { task = "regression" });
        await InsertAsync(
            model,
            [
                .. Enumerable
                    .Range(0, 80)
                    .Select(i => new Row($"p{i}", Start.AddSeconds(i), "", double.NaN, "", Predicted: 12, Actual: i < 40 ? 10 : 0)),
            ]
        );
        var points = await CalculateAsync(model, Hour);
        Assert.Equal(0.2, Value(points, "performance.mape"), 1e-12);
        Assert.Equal(((40 * 2) + (40 * 12)) / 400.0, Value(points, "performance.wmape"), 1e-12);
        Assert.Equal(((2 * 2 / 22.0) + 2) / 2, Value(points, "performance.smape"), 1e-12);
        var mape = points.Single(point => point.Metric == "performance.mape" && point.Version.Length == 0);
        Assert.Equal((40, "40 of 80 rows are left out: their ground truth is 0"), (mape.N, mape.Reason));
    }

    [Fact]
    public async Task Regression_errors()
    {
        var model = await NewModelAsync(new { task = "regression" });
        var rows = Enumerable
            .Range(0, 40)
            .Select(i => new Row($"p{i}", Start.AddSeconds(i), "", double.NaN, "", Predicted: i, Actual: i + (i % 2 == 0 ? 1 : -3)));
        await InsertAsync(model, [.. rows]);
        var points = await CalculateAsync(model, Hour);
        Assert.Equal(2, Value(points, "performance.mae"), 1e-12);
        Assert.Equal(Math.Sqrt(5), Value(points, "performance.rmse"), 1e-12);
    }

    [Fact]
    public async Task Segments_have_points_of_their_own()
    {
        var model = await NewModelAsync(
            new
            {
                task = "binary",
                positive_class = "1",
                features = new { country = new { type = "categorical" } },
                segments = new[] { "country" },
            }
        );
        await InsertAsync(
            model,
            [
                .. Enumerable
                    .Range(0, 80)
                    .Select(i => new Row(
                        $"p{i}",
                        Start.AddSeconds(i),
                        "1",
                        0.9,
                        i % 2 == 0 ? "1" : "0",
                        Country: i % 2 == 0 ? "FR" : "BR"
                    )),
            ]
        );
        var points = await CalculateAsync(model, Hour);
        double Accuracy(string segment) =>
            points
                .Single(point => point.Metric == "performance.accuracy" && point.Segment == segment && point.Version.Length == 0)
                .Value!.Value;
        Assert.Equal((0.5, 1, 0), (Accuracy(""), Accuracy("country=FR"), Accuracy("country=BR")));
    }

    private static double Value(IEnumerable<MetricPoint> points, string metric) =>
        points.Single(point => point.Metric == metric && point is { Version: "", Segment: "" }).Value!.Value;

    private async Task<ModelDefinition> NewModelAsync(object specification)
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(specification))!;
        await host.Get<ModelTables>()
            .EnsureAsync(
                model.Id,
                [.. model.Features.Select(feature => new FeatureColumn(feature.Ordinal, ColumnType.Categorical))],
                default
            );
        return model;
    }

    private async Task<List<MetricPoint>> CalculateAsync(ModelDefinition model, params MetricWindow[] windows)
    {
        var points = new List<MetricPoint>();
        await new PerformanceCalculator(host.Get<LabelledGroups>()).CalculateAsync(model, windows, points, default);
        return [.. points.SelectMany(point => point.Apart())];
    }

    private async Task InsertAsync(ModelDefinition model, IReadOnlyList<Row> rows)
    {
        using var buffer = new RowBinaryBuffer();
        foreach (var row in rows)
        {
            buffer.WriteString(row.Id);
            buffer.WriteUInt64((uint)row.Id.GetHashCode(StringComparison.Ordinal));
            buffer.WriteDateTime64Ms(row.Time.ToUnixTimeMilliseconds());
            buffer.WriteString(row.Version);
            buffer.WriteString("primary");
            buffer.WriteString("ok");
            buffer.WriteString(row.Prediction);
            buffer.WriteDouble(row.Predicted);
            buffer.WriteDouble(row.Score);
            if (model.Features.Length > 0)
                buffer.WriteNullableString(row.Country);
        }

        string[] columns =
        [
            "prediction_id",
            "id_hash",
            "timestamp",
            "version",
            "role",
            "status",
            "prediction",
            "prediction_value",
            "score",
        ];
        await host.Get<IColumnStore>()
            .InsertAsync(
                ModelTables.Predictions(model.Id),
                model.Features.Length > 0 ? [.. columns, "f0"] : columns,
                buffer.Written,
                null,
                default
            );
        await InsertMatchedAsync(model, [.. rows.Where(row => row.Truth is not null)], Start.AddDays(1));
    }

    private async Task InsertMatchedAsync(ModelDefinition model, IReadOnlyList<Row> rows, DateTimeOffset labelledAt)
    {
        using var buffer = new RowBinaryBuffer();
        foreach (var row in rows)
        {
            buffer.WriteUInt32((uint)model.Id);
            buffer.WriteDateTime64Ms(row.Time.ToUnixTimeMilliseconds());
            buffer.WriteUInt64((uint)row.Id.GetHashCode(StringComparison.Ordinal));
            buffer.WriteString(row.Id);
            buffer.WriteString(row.Truth!);
            buffer.WriteDouble(row.Actual);
            buffer.WriteDateTime64Ms((row.LabelledAfter is { } delay ? row.Time + delay : labelledAt).ToUnixTimeMilliseconds());
        }

        await host.Get<IColumnStore>()
            .InsertAsync(
                ModelTables.MatchedTable,
                ["model_id", "timestamp", "id_hash", "prediction_id", "value", "value_number", "labelled_at"],
                buffer.Written,
                null,
                default
            );
    }

    private sealed record Row(
        string Id,
        DateTimeOffset Time,
        string Prediction,
        double Score,
        string? Truth,
        string Version = "",
        double Predicted = double.NaN,
        double Actual = double.NaN,
        string? Country = null,
        TimeSpan? LabelledAfter = null
    );
}

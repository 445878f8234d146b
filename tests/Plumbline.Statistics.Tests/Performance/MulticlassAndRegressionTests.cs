using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Tests.Performance;

public sealed class MulticlassAndRegressionTests
{
    // scikit-learn 1.2.1 on these rows.
    private static readonly int[] Truth = [0, 1, 2, 2, 1, 0, 2, 1];
    private static readonly int[] Predicted = [0, 2, 2, 2, 1, 1, 0, 1];
    private static readonly double[] Probabilities =
    [
        .7,
        .2,
        .1,
        .1,
        .4,
        .5,
        .1,
        .1,
        .8,
        .2,
        .2,
        .6,
        .2,
        .6,
        .2,
        .3,
        .5,
        .2,
        .5,
        .1,
        .4,
        .1,
        .8,
        .1,
    ];

    [Fact]
    public void Matches_scikit_learn_on_eight_rows()
    {
        var performance = MulticlassPerformance.Of(3, Truth, Predicted, Probabilities);
        Check.Near(0.625, performance.Accuracy);
        // precision 1/2, 2/3, 2/3; recall 1/2, 2/3, 2/3
        Check.Near(11.0 / 18, performance.Precision, 1e-12);
        Check.Near(11.0 / 18, performance.Recall, 1e-12);
        Check.Near(11.0 / 18, performance.F1, 1e-12);
        var expectedLogLoss = -new[] { .7, .4, .8, .6, .6, .3, .4, .8 }.Average(Math.Log);
        Check.Near(expectedLogLoss, performance.LogLoss, 1e-12);
        Assert.True(performance.F1.Lower < 11.0 / 18 && performance.F1.Upper > 11.0 / 18);
        Assert.Equal(8, performance.Accuracy.N);
    }

    [Fact]
    public void Two_classes_agree_with_the_binary_numbers()
    {
        var random = new RandomSource(4);
        var n = 200;
        var truth = new int[n];
        var predicted = new int[n];
        var probabilities = new double[2 * n];
        var rows = new BinaryOutcome[n];
        for (var i = 0; i < n; i++)
        {
            var p = random.NextDouble();
            truth[i] = random.NextDouble() < p ? 1 : 0;
            predicted[i] = p >= 0.5 ? 1 : 0;
            probabilities[2 * i] = 1 - p;
            probabilities[2 * i + 1] = p;
            rows[i] = new BinaryOutcome(truth[i] == 1, predicted[i] == 1, p);
        }

        var multi = MulticlassPerformance.Of(2, truth, predicted, probabilities);
        var binary = BinaryPerformance.Of(rows);
        Check.Near(binary.Accuracy.Value!.Value, multi.Accuracy);
        Check.Near(binary.RocAuc.Value!.Value, multi.RocAuc, 1e-12);
        Check.Near(binary.LogLoss.Value!.Value, multi.LogLoss, 1e-12);
        Check.Near(2 * binary.Brier.Value!.Value, multi.Brier, 1e-12);
        Check.Near(binary.Precision.Value!.Value, multi.Confusion.PerClass()[1].Precision);
    }

    [Fact]
    public void Matrices_merge_and_absent_classes_do_not_count()
    {
        var a = new ConfusionMatrix(4);
        var b = new ConfusionMatrix(4);
        var all = new ConfusionMatrix(4);
        for (var i = 0; i < Truth.Length; i++)
        {
            (i < 3 ? a : b).Add(Truth[i], Predicted[i]);
            all.Add(Truth[i], Predicted[i]);
        }

        a.Merge(b);
        Assert.Equal(all.F1(), a.F1());
        Check.Near(11.0 / 18, a.F1(), 1e-12);
        Assert.Equal(3, a.PerClass().Count);
        Check.Insufficient(new ConfusionMatrix(2).Accuracy());
        Assert.Equal("prediction", Assert.Throws<ArgumentOutOfRangeException>(() => a.Add(0, 4)).ParamName);
    }

    [Fact]
    public void Both_macro_averages_are_told_apart()
    {
        // Worked out from the definitions: class 3 is predicted and never true, classes 4 and 5 are neither.
        var matrix = new ConfusionMatrix(6);
        foreach (var (truth, prediction) in new[] { 0, 0, 0, 1, 1, 2, 2, 2, 2, 1 }.Zip([0, 0, 1, 1, 1, 2, 2, 2, 0, 3]))
            matrix.Add(truth, prediction);
        var performance = MulticlassPerformance.Of(matrix, new MulticlassScores(6));
        Check.Near(0.5833333333333333, performance.Precision, 1e-12);
        Check.Near(0.5208333333333333, performance.Recall, 1e-12);
        Check.Near(0.5476190476190476, performance.F1, 1e-12);
        Check.Near(0.38888888888888884, performance.PrecisionOfKnown, 1e-12);
        Check.Near(0.34722222222222215, performance.RecallOfKnown, 1e-12);
        Check.Near(0.36507936507936506, performance.F1OfKnown, 1e-12);
        Assert.InRange(performance.F1OfKnown.Upper!.Value, 0.4, 1);
        // Classes beyond the known ones count where they occur.
        var fewer = new ConfusionMatrix(6) { Known = 2 };
        fewer.Merge(matrix);
        Assert.Equal(performance.F1.Value!.Value, fewer.F1(ClassAverage.MacroOfKnown).Value!.Value, 1e-12);
    }

    [Fact]
    public void Confidences_on_the_edges_belong_to_the_bin_below()
    {
        double[] confidence = [.5, .5, .6, .6, .6, .7, .8, .8, .9, 1.0, 1.0, 0.4];
        bool[] right = [true, false, true, true, false, false, true, true, true, true, false, true];
        double[] rows = [.. confidence.SelectMany(c => new[] { c, (1 - c) / 2, (1 - c) / 2 })];
        int[] truth = [.. right.Select(r => r ? 0 : 1)];
        var performance = MulticlassPerformance.Of(3, truth, new int[truth.Length], rows);
        Check.Near(0.25, performance.ExpectedCalibrationError, 1e-12);
        // P(positive) of two classes: the bin above.
        Check.Near(
            0.23333333333333336,
            BinaryPerformance.Of([.. confidence.Zip(right, (c, r) => new BinaryOutcome(r, true, c))]).ExpectedCalibrationError,
            1e-12
        );
        Assert.Throws<ArgumentException>(() =>
            new Statistics.Calibration.CalibrationBins().Merge(new(edges: Statistics.Calibration.BinEdges.Upper))
        );
    }

    [Fact]
    public void Every_edge_of_every_number_of_bins_is_exact()
    {
        for (var bins = 1; bins <= 100; bins++)
        {
            var (lower, upper) = (
                new Statistics.Calibration.CalibrationBins(bins),
                new Statistics.Calibration.CalibrationBins(bins, Statistics.Calibration.BinEdges.Upper)
            );
            for (var i = 1; i < bins; i++)
            {
                lower.Add((double)i / bins, true);
                upper.Add((double)i / bins, true);
            }

            Assert.Equal(Enumerable.Range(1, bins - 1).Select(i => (double)i / bins), lower.Curve().Select(bin => bin.Lower));
            Assert.Equal(Enumerable.Range(1, bins - 1).Select(i => (double)i / bins), upper.Curve().Select(bin => bin.Upper));
        }
    }

    [Fact]
    public void Relative_errors_say_what_they_leave_out()
    {
        RegressionOutcome[] rows = [new(0, 10), new(100, 90), new(50, 50), new(-20, -25), new(0, 0), new(200, 260)];
        var performance = RegressionPerformance.Of(rows);
        Check.Near(0.1625, performance.MeanAbsolutePercentageError, 1e-12);
        Assert.Equal("2 of 6 rows are left out: their ground truth is 0", performance.MeanAbsolutePercentageError.Reason);
        Check.Near(0.22972972972972974, performance.WeightedAbsolutePercentageError, 1e-12);
        Check.Near(0.43139249088905834, performance.SymmetricAbsolutePercentageError, 1e-12);
        Assert.Equal(6, performance.WeightedAbsolutePercentageError.N);
        Assert.Null(RegressionPerformance.Of([new RegressionOutcome(1, 2)]).MeanAbsolutePercentageError.Reason);
        Check.Undefined(
            RegressionPerformance.Of([new RegressionOutcome(0, 1), new RegressionOutcome(0, 3)]).WeightedAbsolutePercentageError
        );
        Check.Near(
            2,
            RegressionPerformance.Of([new RegressionOutcome(0, 1), new RegressionOutcome(0, 3)]).SymmetricAbsolutePercentageError,
            1e-12
        );
    }

    [Fact]
    public void The_weighted_relative_error_s_interval_agrees_with_the_bootstrap()
    {
        var random = new RandomSource(5);
        var rows = Enumerable
            .Range(0, 800)
            .Select(_ =>
            {
                var y = 10 * Math.Exp(random.NextGaussian());
                return new RegressionOutcome(y, y + 0.3 * y * random.NextGaussian());
            })
            .ToArray();
        var analytic = RegressionPerformance.Of(rows).WeightedAbsolutePercentageError;
        var bootstrap = Statistics
            .Intervals.Bootstrap.Percentile(
                rows.Length,
                picked => RegressionPerformance.Of([.. picked.ToArray().Select(i => rows[i])]).WeightedAbsolutePercentageError.Value!.Value,
                random,
                600
            )!
            .Value;
        Assert.InRange((analytic.Upper!.Value - analytic.Lower!.Value) / bootstrap.Width, 0.85, 1.15);
    }

    [Fact]
    public void Delta_method_agrees_with_the_bootstrap()
    {
        var random = new RandomSource(77);
        var n = 1500;
        var truth = new int[n];
        var predicted = new int[n];
        for (var i = 0; i < n; i++)
        {
            truth[i] = random.NextInt(3) == 0 ? random.NextInt(3) : 2;
            predicted[i] = random.NextDouble() < 0.7 ? truth[i] : random.NextInt(3);
        }

        var matrix = Fill(truth, predicted, null);
        foreach (var metric in new Func<ConfusionMatrix, Estimate>[] { m => m.F1(), m => m.Precision(), m => m.Recall() })
        {
            var analytic = metric(matrix);
            var bootstrap = Statistics
                .Intervals.Bootstrap.Percentile(n, rows => metric(Fill(truth, predicted, rows.ToArray())).Value!.Value, random, 600)!
                .Value;
            var ratio = (analytic.Upper!.Value - analytic.Lower!.Value) / bootstrap.Width;
            Assert.InRange(ratio, 0.88, 1.14);
        }
    }

    [Fact]
    public void Probabilities_that_are_none_make_the_scores_undefined_only()
    {
        var performance = MulticlassPerformance.Of(2, [0, 1], [0, 1], [0.9, 0.5, 0.2, 0.8]);
        Check.Undefined(performance.LogLoss);
        Check.Undefined(performance.RocAuc);
        Assert.Equal(1, performance.Accuracy.Value);
        Check.Insufficient(MulticlassPerformance.Of(2, [0, 1], [0, 1]).Brier);
    }

    [Fact]
    public void Regression_by_hand()
    {
        RegressionOutcome[] rows = [new(1, 2), new(2, 2), new(4, 1), new(0, 1)];
        var performance = RegressionPerformance.Of(rows);
        Check.Near(5 / 4.0, performance.MeanAbsoluteError);
        Check.Near(Math.Sqrt(11 / 4.0), performance.RootMeanSquaredError);
        Check.Near(-1 / 4.0, performance.MeanError);
        Check.Near((1 + 0 + 0.75) / 3, performance.MeanAbsolutePercentageError);
        Assert.Equal(3, performance.MeanAbsolutePercentageError.N);
        Check.Near(1 - 11 / 8.75, performance.R2);
        Assert.NotNull(performance.R2.Lower);
    }

    [Fact]
    public void Regression_sums_merge_and_constant_ground_truth_has_no_r2()
    {
        var random = new RandomSource(6);
        var rows = Enumerable
            .Range(0, 100)
            .Select(_ => new RegressionOutcome(1e6 + random.NextGaussian(), 1e6 + random.NextGaussian(), 1 + random.NextInt(3)))
            .ToArray();
        var whole = RegressionPerformance.Of(RegressionSums.Of(rows));
        var merged = RegressionPerformance.Of(RegressionSums.Of(rows.AsSpan(0, 30)) + RegressionSums.Of(rows.AsSpan(30)));
        Check.Near(whole.R2.Value!.Value, merged.R2, 1e-10);
        Check.Near(whole.MeanAbsoluteError.Value!.Value, merged.MeanAbsoluteError, 1e-12);
        Check.Undefined(RegressionPerformance.Of([new RegressionOutcome(3, 1), new RegressionOutcome(3, 2)]).R2);
        Check.Insufficient(RegressionPerformance.Of([]).R2);
        Check.Undefined(RegressionPerformance.Of([new RegressionOutcome(0, 1)]).MeanAbsolutePercentageError);
    }

    private static ConfusionMatrix Fill(int[] truth, int[] predicted, int[]? rows)
    {
        var matrix = new ConfusionMatrix(3);
        for (var i = 0; i < truth.Length; i++)
            matrix.Add(truth[rows?[i] ?? i], predicted[rows?[i] ?? i]);
        return matrix;
    }
}

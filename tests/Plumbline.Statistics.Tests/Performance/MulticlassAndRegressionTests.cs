using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Tests.Performance;

public sealed class MulticlassAndRegressionTests
{
    // scikit-learn 1.2.1 on these rows.
    private static readonly int[] Truth = [0, 1, 2, 2, 1, 0, 2, 1];
    private static readonly int[] Predicted = [0, 2, 2, 2, 1, 1, 0, 1];
    private static readonly double[] Probabilities =
    [
        .7, .2, .1,
        .1, .4, .5,
        .1, .1, .8,
        .2, .2, .6,
        .2, .6, .2,
        .3, .5, .2,
        .5, .1, .4,
        .1, .8, .1,
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
            var bootstrap = Statistics.Intervals.Bootstrap.Percentile(n, rows => metric(Fill(truth, predicted, rows.ToArray())).Value!.Value, random, 600)!.Value;
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
        var rows = Enumerable.Range(0, 100).Select(_ => new RegressionOutcome(1e6 + random.NextGaussian(), 1e6 + random.NextGaussian(), 1 + random.NextInt(3))).ToArray();
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

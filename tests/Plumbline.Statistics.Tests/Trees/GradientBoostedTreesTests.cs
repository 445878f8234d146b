using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Tests.Trees;

public sealed class GradientBoostedTreesTests
{
    [Fact]
    public void Learns_a_curved_function_better_than_its_mean()
    {
        var (train, target) = Regression(4000, 1);
        var (test, truth) = Regression(1000, 2);
        var trees = GradientBoostedTrees.Fit(train, target, new TreeOptions { Objective = TreeObjective.SquaredError });
        var error = trees.Predict(test).Zip(truth, (p, y) => (p - y) * (p - y)).Average();
        var mean = truth.Average();
        Assert.True(error < 0.15 * truth.Average(y => (y - mean) * (y - mean)), $"mean squared error {error}");
        Assert.Equal(1, trees.Gains.Sum(), 9);
        Assert.True(trees.Gains[2] < 0.05, "noise column used");
    }

    [Fact]
    public void Learns_classes_from_numbers_categories_and_missing_values()
    {
        var random = new RandomSource(7);
        var n = 5000;
        var number = new double[n];
        var category = new string?[n];
        var target = new double[n];
        for (var i = 0; i < n; i++)
        {
            number[i] = random.NextInt(5) == 0 ? double.NaN : random.NextGaussian();
            category[i] = random.NextInt(20) == 0 ? null : $"c{random.NextInt(60)}";
            var logit = (double.IsNaN(number[i]) ? 2 : -number[i]) + (category[i] is { } c ? int.Parse(c[1..]) % 3 - 1 : 0);
            target[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
        }

        var table = new FeatureTable(n).WithNumeric("number", number).WithCategorical("category", category);
        var half = Enumerable.Range(0, n / 2).ToArray();
        var rest = Enumerable.Range(n / 2, n / 2).ToArray();
        var trees = GradientBoostedTrees.Fit(
            table.Select(half),
            [.. half.Select(i => target[i])],
            new TreeOptions { Trees = 60, Leaves = 8 }
        );
        var predicted = trees.Predict(table.Select(rest));
        var area = Roc.Area(ScoreCounts.From(predicted, [.. rest.Select(i => target[i] > 0)])).Value;
        Assert.True(area > 0.77, $"area {area}");
        Assert.All(predicted, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void Is_deterministic_under_its_seed()
    {
        var (train, target) = Regression(1000, 3);
        var options = new TreeOptions
        {
            Objective = TreeObjective.SquaredError,
            Trees = 20,
            RowFraction = 0.7,
            Seed = 5,
        };
        Assert.Equal(
            GradientBoostedTrees.Fit(train, target, options).Predict(train),
            GradientBoostedTrees.Fit(train, target, options).Predict(train)
        );
        Assert.NotEqual(
            GradientBoostedTrees.Fit(train, target, options).Predict(train),
            GradientBoostedTrees.Fit(train, target, options with { Seed = 6 }).Predict(train)
        );
    }

    [Fact]
    public void A_useless_high_cardinality_category_does_not_leak_its_target()
    {
        var random = new RandomSource(11);
        var n = 2000;
        string?[] ids = [.. Enumerable.Range(0, n).Select(i => $"id{i / 2}")];
        double[] target = [.. Enumerable.Range(0, n).Select(_ => (double)random.NextInt(2))];
        var table = new FeatureTable(n).WithCategorical("id", ids);
        var trees = GradientBoostedTrees.Fit(table, target, new TreeOptions { Trees = 30 });
        string?[] fresh = [.. Enumerable.Range(0, n).Select(i => $"new{i}")];
        var predicted = trees.Predict(new FeatureTable(n).WithCategorical("id", fresh));
        Assert.All(predicted, p => Assert.InRange(p, 0.3, 0.7));
    }

    [Fact]
    public void Constant_columns_and_weights()
    {
        var table = new FeatureTable(100).WithNumeric("x", new double[100]);
        double[] target = [.. Enumerable.Range(0, 100).Select(i => i < 25 ? 1.0 : 0)];
        Check.Near(0.25, GradientBoostedTrees.Fit(table, target).Predict(table)[0], 1e-9);
        double[] weights = [.. target.Select(t => t > 0 ? 3.0 : 1)];
        Check.Near(0.5, GradientBoostedTrees.Fit(table, target, null, weights).Predict(table)[0], 1e-9);
        Assert.Throws<ArgumentException>(() => GradientBoostedTrees.Fit(table, [1.0]));
        Assert.Throws<ArgumentException>(() => GradientBoostedTrees.Fit(table, [.. target.Select(t => t * 2)]));
        Assert.Throws<ArgumentException>(() => table.WithNumeric("x", new double[100]));
        Assert.Throws<ArgumentException>(() => GradientBoostedTrees.Fit(table, target).Predict(new FeatureTable(1).WithNumeric("y", [1])));
    }

    [Fact]
    public void A_row_has_the_same_prediction_alone_and_among_others()
    {
        var (table, target) = Regression(203, seed: 5);
        double[] gaps = [.. Enumerable.Range(0, 203).Select(i => i % 7 == 0 ? double.NaN : i)];
        table = table.WithNumeric("gaps", gaps);
        var trees = GradientBoostedTrees.Fit(
            table,
            target,
            new TreeOptions { Objective = TreeObjective.SquaredError, MinimumLeafRows = 3 }
        );
        var together = trees.Predict(table);
        Assert.All(Enumerable.Range(0, 203), row => Assert.Equal(trees.Predict(table.Select([row]))[0], together[row]));
    }

    private static (FeatureTable Table, double[] Target) Regression(int n, ulong seed)
    {
        var random = new RandomSource(seed);
        var (a, b, noise, y) = (new double[n], new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            (a[i], b[i], noise[i]) = (random.NextDouble() * 6, random.NextDouble() * 6, random.NextGaussian());
            y[i] = Math.Sin(a[i]) * 3 + (b[i] > 3 ? a[i] : 0) + 0.3 * random.NextGaussian();
        }

        return (new FeatureTable(n).WithNumeric("a", a).WithNumeric("b", b).WithNumeric("noise", noise), y);
    }
}

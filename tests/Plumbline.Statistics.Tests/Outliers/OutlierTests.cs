using Plumbline.Statistics.Outliers;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Tests.Oracles;

namespace Plumbline.Statistics.Tests.Outliers;

public sealed class OutlierTests
{
    [Fact]
    public void Robust_scores_and_fences()
    {
        var scale = RobustScale.Fit([1, 2, 3, 4, 100]);
        Assert.Equal(3, scale.Median);
        Check.Near(0.67448975019608171 * 97, scale.Score(100)!.Value, 1e-12);
        Assert.Equal(0, RobustScale.Fit([5, 5, 5]).Score(5));
        Assert.Null(RobustScale.Fit([5, 5, 5]).Score(6));
        Assert.Null(scale.Score(double.NaN));
        Assert.True(RobustScale.Fit([5, 5, 5, 9]).Unit > 0);
        var fences = QuantileFences.Fit([1, 2, 3, 4]);
        Assert.Equal((-0.5, 5.5), (fences.Lower, fences.Upper));
        Assert.True(fences.IsOutside(6));
        Assert.False(fences.IsOutside(5.5));
        Assert.Throws<ArgumentException>(() => RobustScale.Fit([]));
    }

    [Fact]
    public void Rare_categories_and_odd_lengths()
    {
        var surprise = CategorySurprise.Fit(new Dictionary<string, long> { ["a"] = 98, ["b"] = 2 });
        Assert.True(surprise.Score("a") < 0.1);
        Assert.True(surprise.Score("b") is > 5 and < 6);
        Assert.True(surprise.Score("c") > surprise.Score("b"));
        // The shares of all bins sum to one.
        Check.Near(1, new[] { surprise.Score("a"), surprise.Score("b"), surprise.Unseen }.Sum(bits => Math.Pow(2, -bits)), 1e-12);
        var lengths = TextLengthScale.Fit([20, 25, 30, 22, 28, 26, 31, 24]);
        Assert.True(Math.Abs(lengths.Score(27)!.Value) < 2);
        Assert.True(lengths.Score(4000) > 10);
        Assert.True(lengths.Score(0) < -10);
    }

    [Fact]
    public void Mahalanobis_by_hand_and_under_rank_loss()
    {
        double[] rows = [1, 0, -1, 0, 0, 2, 0, -2];
        var distance = MahalanobisDistance.Fit(rows, 2);
        // Covariance diag(2/3, 8/3).
        Check.Near(Math.Sqrt(1.5 + 0.375), distance.Distance([1, 1]), 1e-12);
        Assert.Equal(2, distance.Rank);
        double[] dependent = [1, 2, 5, 2, 4, 5, 3, 6, 5, 5, 10, 5];
        var lost = MahalanobisDistance.Fit(dependent, 3);
        Assert.Equal(1, lost.Rank);
        Assert.False(lost.BreaksConstancy([4, 8, 5]));
        Assert.True(lost.BreaksConstancy([4, 8, 6]));
        Assert.True(lost.BreaksConstancy([4, 9, 5]));
        Assert.Equal(0, lost.PValue([4, 9, 5]));
        Assert.Throws<ArgumentException>(() => MahalanobisDistance.Fit([1, 2], 2));
    }

    [Fact]
    public void Mahalanobis_is_invariant_under_linear_maps()
    {
        var random = new RandomSource(6);
        var rows = Enumerable.Range(0, 300).Select(_ => random.NextGaussian()).ToArray();
        var mapped = new double[rows.Length];
        for (var i = 0; i < rows.Length; i += 3)
            (mapped[i], mapped[i + 1], mapped[i + 2]) = (1e6 + 1e5 * rows[i], 0.01 * (rows[i] + 2 * rows[i + 1]), rows[i + 2] - rows[i]);
        var (a, b) = (MahalanobisDistance.Fit(rows, 3), MahalanobisDistance.Fit(mapped, 3));
        for (var i = 0; i < 30; i += 3)
            Check.Near(a.Distance(rows.AsSpan(i, 3)), b.Distance(mapped.AsSpan(i, 3)), 1e-8);
    }

    [Fact]
    public void Isolation_forest_finds_the_odd_rows()
    {
        var random = new RandomSource(7);
        var reference = Enumerable.Range(0, 4000).Select(_ => random.NextGaussian()).ToArray();
        var forest = IsolationForest.Fit(reference, 4);
        var scores = new double[400];
        var odd = new bool[400];
        for (var i = 0; i < 400; i++)
        {
            odd[i] = i % 4 == 0;
            double[] row = [.. Enumerable.Range(0, 4).Select(_ => random.NextGaussian() * (odd[i] ? 3 : 1))];
            scores[i] = forest.Score(row);
        }

        Assert.True(Roc.Area(ScoreCounts.From(scores, odd)).Value > 0.9);
        Assert.All(scores, s => Assert.InRange(s, 0, 1));
        Assert.Equal(forest.Score([0, 0, 0, 0]), IsolationForest.Fit(reference, 4).Score([0, 0, 0, 0]));
        Assert.True(forest.Score([0, 0, 0, 0]) < 0.45);
        Assert.True(double.IsFinite(forest.Score([double.NaN, 0, 0, 0])));
    }

    [Fact]
    public void Elec2_agrees_with_the_oracles()
    {
        var oracle = DataSets.Oracle("outliers.json")["elec2_current_rows_15000_18000_vs_18000_21000"]!;
        var table = DataSets.Read("elec2", "current.csv.gz");
        var columns = new[] { "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer" }.Select(table.Numbers).ToArray();
        double[] Rows(int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(i => columns.Select(c => c[i]))];
        var (reference, current) = (Rows(15_000, 18_000), Rows(18_000, 21_000));
        var mahalanobis = MahalanobisDistance.Fit(reference, 5);
        var forest = IsolationForest.Fit(reference, 5);
        var scales = Enumerable.Range(0, 5).Select(c => RobustScale.Fit(columns[c].AsSpan(15_000, 3000))).ToArray();
        var expected = oracle["first_50_scores"]!;
        for (var i = 0; i < 50; i++)
        {
            Check.Near((double)expected["mahalanobis"]![i]!, mahalanobis.Distance(current.AsSpan(5 * i, 5)), 1e-9);
            Check.Near(
                (double)expected["max_abs_modified_z_mad"]![i]!,
                scales.Select((s, c) => Math.Abs(s.Score(current[5 * i + c])!.Value)).Max(),
                1e-9
            );
        }

        var mean = Enumerable.Range(0, 3000).Average(i => forest.Score(current.AsSpan(5 * i, 5)));
        Check.Near((double)oracle["mean"]!["iforest_100_seed0_score_samples_neg"]!, mean, 0.02);
    }
}

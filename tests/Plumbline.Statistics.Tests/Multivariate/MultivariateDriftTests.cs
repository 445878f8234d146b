using Plumbline.Statistics.Multivariate;
using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Tests.Multivariate;

public sealed class MultivariateDriftTests
{
    [Fact]
    public void Correlation_that_vanishes_is_seen_although_no_single_feature_moves()
    {
        var reference = Correlated(3000, 0.95, 1);
        var same = Correlated(3000, 0.95, 2);
        var broken = Correlated(3000, 0, 3);
        var calm = DomainClassifier.Measure(reference, same);
        Assert.InRange(calm.RocAuc.Value!.Value, 0.46, 0.54);
        var drift = DomainClassifier.Measure(reference, broken);
        Assert.True(drift.RocAuc.Value > 0.7, $"area {drift.RocAuc.Value}");
        Assert.DoesNotContain(drift.Contributors.Take(2), f => f.Feature == "other");

        var pca = PcaReconstruction.Fit(reference);
        var before = pca.Measure(same);
        var after = pca.Measure(broken);
        Assert.True(Math.Abs(before.Error.Value!.Value - pca.ReferenceError.Value!.Value) < 0.05);
        Assert.True(after.Error.Lower > pca.ReferenceError.Upper);
    }

    [Fact]
    public void The_moved_feature_is_the_first_culprit()
    {
        var reference = Correlated(1500, 0, 1);
        var random = new RandomSource(4);
        var moved = new FeatureTable(1500)
            .WithNumeric("a", Normal(1500, random, 0))
            .WithNumeric("b", Normal(1500, random, 1))
            .WithNumeric("other", Normal(1500, random, 0))
            .WithCategorical("kind", [.. Enumerable.Range(0, 1500).Select(i => i % 2 == 0 ? "x" : "y")]);
        var drift = DomainClassifier.Measure(reference, moved);
        Assert.Equal("b", drift.Contributors[0].Feature);
        Assert.Equal(1, drift.Contributors.Sum(c => c.Share), 9);
        Assert.Equal(drift.RocAuc, DomainClassifier.Measure(reference, moved).RocAuc);
    }

    [Fact]
    public void Without_drift_the_interval_holds_one_half()
    {
        const int runs = 120;
        var covered = 0;
        for (var run = 0; run < runs; run++)
        {
            var area = DomainClassifier
                .Measure(Correlated(250, 0.5, (ulong)(2 * run) + 1), Correlated(250, 0.5, (ulong)(2 * run) + 2), folds: 2)
                .RocAuc;
            covered += area.Lower <= 0.5 && area.Upper >= 0.5 ? 1 : 0;
        }

        // 95 % nominal: fewer than 108 of 120 would come by chance once in 1,000.
        Assert.InRange(covered, 108, runs);
    }

    [Fact]
    public void An_id_that_tells_all_is_warned_of()
    {
        var x = new FeatureTable(300).WithNumeric("id", [.. Enumerable.Range(0, 300).Select(i => (double)i)]);
        var y = new FeatureTable(300).WithNumeric("id", [.. Enumerable.Range(300, 300).Select(i => (double)i)]);
        var drift = DomainClassifier.Measure(x, y);
        Assert.True(drift.RocAuc.Value > 0.95);
        Check.Insufficient(DomainClassifier.Measure(x.Select([0, 1, 2]), y).RocAuc);
    }

    [Fact]
    public void Density_ratios_make_the_reference_look_like_the_current_rows()
    {
        var random = new RandomSource(9);
        var x = Normal(4000, random, 0);
        var y = Normal(4000, random, 0.7);
        var ratios = DomainClassifier.DensityRatios(new FeatureTable(4000).WithNumeric("x", x), new FeatureTable(4000).WithNumeric("x", y));
        Check.Near(1, ratios.Average(), 1e-9);
        var weighted = x.Zip(ratios, (v, w) => v * w).Average();
        Assert.InRange(weighted, 0.55, 0.85);
    }

    [Fact]
    public void Pca_keeps_the_asked_variance_and_handles_missing_and_constant_columns()
    {
        var random = new RandomSource(2);
        var a = Normal(500, random, 0);
        var holes = Normal(500, random, 0);
        for (var i = 0; i < 100; i++)
            holes[i] = double.NaN;
        var table = new FeatureTable(500)
            .WithNumeric("a", a)
            .WithNumeric("twice", [.. a.Select(v => 2 * v)])
            .WithNumeric("holes", holes)
            .WithNumeric("constant", new double[500]);
        var pca = PcaReconstruction.Fit(table, 0.6);
        Assert.Equal(1, pca.Components);
        Assert.True(pca.VarianceKept >= 0.6);
        Assert.True(pca.Measure(table).Error.IsOk);
        Check.Insufficient(pca.Measure(table.Select([])).Error);
        Assert.Throws<ArgumentException>(() => PcaReconstruction.Fit(new FeatureTable(2).WithNumeric("a", [1, double.PositiveInfinity])));
    }

    private static FeatureTable Correlated(int n, double correlation, ulong seed)
    {
        var random = new RandomSource(seed);
        var (a, b) = (Normal(n, random, 0), Normal(n, random, 0));
        for (var i = 0; i < n; i++)
            b[i] = correlation * a[i] + Math.Sqrt(1 - correlation * correlation) * b[i];
        return new FeatureTable(n)
            .WithNumeric("a", a)
            .WithNumeric("b", b)
            .WithNumeric("other", Normal(n, random, 0))
            .WithCategorical("kind", [.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? "x" : "y")]);
    }

    private static double[] Normal(int n, RandomSource random, double mean) =>
        [.. Enumerable.Range(0, n).Select(_ => mean + random.NextGaussian())];
}

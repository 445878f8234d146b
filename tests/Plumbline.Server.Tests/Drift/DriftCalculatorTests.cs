using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Server.Tests.Metrics;

namespace Plumbline.Server.Tests.Drift;

public sealed class DriftCalculatorTests
{
    /// <summary>The counts C of the statistics sheet: reference 50, 30, 20 and current 30, 40, 30.</summary>
    private static readonly Baseline C = Profile.Baseline(Profile.Categorical("x", ("a", 50), ("b", 30), ("c", 20)));

    [Theory]
    [InlineData("drift.js", 0.175096837791)]
    [InlineData("drift.hellinger", 0.146090826499)]
    [InlineData("drift.total_variation", 0.2)]
    [InlineData("drift.chi2", 8.428571428571429)]
    public void Golden_counts(string metric, double expected)
    {
        var point = Assert.Single(Points([30, 40, 30, 0, 0]), point => point.Metric == metric);
        Assert.Equal(MetricStatus.Ok, point.Status);
        Assert.Equal(expected, point.Value!.Value, 1e-9);
        Assert.Equal(100, point.N);
    }

    [Fact]
    public void Chi_square_brings_its_p() =>
        Assert.Equal(0.01478287719, Points([30, 40, 30, 0, 0]).Single(point => point.Metric == "drift.chi2").PValue!.Value, 1e-9);

    [Fact]
    public void Psi_is_smoothed_on_both_sides()
    {
        double[] p = [50.5 / 101.5, 30.5 / 101.5, 20.5 / 101.5],
            q = [30.5 / 101.5, 40.5 / 101.5, 30.5 / 101.5];
        var expected = p.Zip(q, (a, b) => (b - a) * Math.Log(b / a)).Sum();
        Assert.Equal(expected, Points([30, 40, 30, 0, 0]).Single(point => point.Metric == "drift.psi").Value!.Value, 1e-12);
    }

    [Fact]
    public void Unseen_values_are_a_bin_only_when_there_are_any()
    {
        Assert.Equal(0, Points([50, 30, 20, 0, 0]).Single(point => point.Metric == "drift.psi").Value!.Value, 1e-12);
        Assert.True(Points([50, 30, 20, 0, 100]).Single(point => point.Metric == "drift.total_variation").Value >= 0.5);
    }

    [Fact]
    public void Numeric_measures_do_not_apply_to_categories() =>
        Assert.DoesNotContain(Points([30, 40, 30, 0, 0]), point => point.Metric is "drift.ks" or "drift.wasserstein");

    [Fact]
    public void Fewer_than_thirty_rows_are_not_judged()
    {
        Assert.All(
            Points([9, 10, 10, 0, 0]),
            point =>
            {
                Assert.Equal(MetricStatus.InsufficientData, point.Status);
                Assert.Null(point.Value);
            }
        );
        Assert.All(Points([10, 10, 10, 0, 0]), point => Assert.Equal(MetricStatus.Ok, point.Status));
    }

    [Fact]
    public void A_feature_without_present_values_says_so()
    {
        var points = Points([0, 0, 0, 0, 0]);
        Assert.Equal(5, points.Count);
        Assert.All(points, point => Assert.Equal(MetricStatus.InsufficientData, point.Status));
    }

    [Fact]
    public void Bins_of_another_baseline_are_not_compared() =>
        Assert.Empty(Profile.Points(new DriftCalculator(), C, Profile.Model(), Profile.Of("x", [30, 40, 30, 0, 0], baseline: 2)));

    private static List<MetricPoint> Points(ulong[] counts) =>
        Profile.Points(new DriftCalculator(), C, Profile.Model(), Profile.Of("x", counts));
}

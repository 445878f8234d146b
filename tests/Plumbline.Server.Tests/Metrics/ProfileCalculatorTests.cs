using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Metrics;

public sealed class ProfileCalculatorTests
{
    [Fact]
    public void Output_shares_concentration_and_diversity()
    {
        var points = Profile.Points(
            new OutputCalculator(),
            null,
            Profile.Model(ModelTask.Multiclass, "a", "b", "c", "d"),
            Profile.Of(PseudoFeatures.Prediction, [40, 20, 20, 20], baseline: 0)
        );
        Assert.Equal(0.4, Value(points, "output.share", @class: "a"));
        Assert.Equal(0.4, Value(points, "output.top_share"));
        var entropy = -((0.4 * Math.Log(0.4)) + (3 * 0.2 * Math.Log(0.2)));
        Assert.Equal(Math.Exp(entropy), Value(points, "output.effective_classes"), 1e-12);
        var share = points.Single(point => point.Metric == "output.share" && point.Class == "a");
        // Wilson's interval of 40 of 100, computed independently: (p + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n).
        Assert.Equal(0.3094, share.Lower!.Value, 1e-4);
        Assert.Equal(0.4980, share.Upper!.Value, 1e-4);
    }

    [Fact]
    public void Mean_confidence_has_a_normal_interval()
    {
        var bins = new ulong[100];
        (bins[50], bins[90]) = (50, 50);
        var profile = Profile.Of(PseudoFeatures.Confidence, bins, baseline: 0) with
        {
            Minimum = 0.5,
            Maximum = 0.9,
            Sum = 70,
            SumOfSquares = (50 * 0.25) + (50 * 0.81),
        };
        var point = Profile
            .Points(new OutputCalculator(), null, Profile.Model(), profile)
            .Single(point => point.Metric == "output.confidence");
        Assert.Equal(0.7, point.Value!.Value, 1e-12);
        var half = 1.959963984540054 * Math.Sqrt(4.0 / 99 / 100);
        Assert.Equal(0.7 - half, point.Lower!.Value, 1e-9);
    }

    [Fact]
    public void Quality_rates_count_what_they_say()
    {
        var baseline = Profile.Baseline(Profile.Categorical("x", ("a", 50), ("b", 50)));
        var profile = Profile.Of("x", [20, 20, 0, 10], missing: 50) with { TypeErrors = 0 };
        var points = Profile.Points(
            new QualityCalculator(),
            baseline,
            Profile.Model(),
            profile,
            Profile.Of(PseudoFeatures.Status, [100, 0, 0, 0], baseline: 0)
        );
        Assert.Equal(0.5, Value(points, "input.missing_rate"));
        Assert.Equal(0.2, Value(points, "input.unseen_rate"));
        Assert.Equal(100, Value(points, "input.rows"));
        Assert.DoesNotContain(points, point => point.Metric == "input.out_of_range_rate");
    }

    [Fact]
    public void System_rates_and_latency_quantiles()
    {
        var bins = new ulong[400];
        var edges = PseudoFeatures.LatencyEdges.ToList();
        // A thousand requests at 10, 20 .. 10,000 ms.
        for (var i = 1; i <= 1000; i++)
            bins[edges.Count(edge => edge <= i * 10)]++;
        var latency = Profile.Of(PseudoFeatures.LatencyMs, bins, baseline: 0) with { Minimum = 10, Maximum = 10_000 };
        var points = Profile.Points(
            new SystemCalculator(),
            null,
            Profile.Model(),
            latency,
            Profile.Of(PseudoFeatures.Status, [900, 60, 40, 0], baseline: 0)
        );
        Assert.Equal(0.06, Value(points, "system.error_rate"));
        Assert.Equal(0.04, Value(points, "system.timeout_rate"));
        Assert.Equal(1000 / 3600.0, Value(points, "system.throughput"), 1e-12);
        Assert.InRange(Value(points, "system.latency_ms.p50"), 5000 * 0.96, 5000 * 1.04);
        Assert.InRange(Value(points, "system.latency_ms.p99"), 9900 * 0.96, 9900 * 1.04);
    }

    [Fact]
    public void All_versions_are_the_sum_of_the_versions()
    {
        var merged = ScopeMerge.Merge([
            Profile.Of("x", [1, 2], version: "v1"),
            Profile.Of("x", [3, 4], version: "v2"),
            Profile.Of("x", [5, 6]),
        ]);
        Assert.Equal(3, merged.Count);
        Assert.Equal([9UL, 12UL], merged[ProfileScope.All]["x"].Bins);
        Assert.Equal([3UL, 4UL], merged[new ProfileScope("v2", "", "")]["x"].Bins);
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", "2026-02-23")]
    [InlineData("2026-03-02T00:00:00Z", "2026-03-02")]
    [InlineData("1970-01-01T12:00:00Z", "1969-12-29")]
    public void Weeks_begin_on_Monday(string time, string monday)
    {
        var week = CoarseWindows.Holding(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), CoarseWindows.Week);
        Assert.Equal(monday, week.Start.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(DayOfWeek.Monday, week.Start.DayOfWeek);
    }

    [Fact]
    public void Runs_have_no_gaps_and_a_limit()
    {
        var start = Profile.Hour.Start;
        MetricWindow At(int hour) => new(start.AddHours(hour), start.AddHours(hour + 1));
        var runs = ConsecutiveWindows.Split([At(5), At(0), At(1), At(2), At(6)], maximum: 2).Select(run => run.Count);
        Assert.Equal([2, 1, 2], runs);
    }

    private static double Value(IEnumerable<MetricPoint> points, string metric, string @class = "") =>
        points.Single(point => point.Metric == metric && point.Class == @class).Value!.Value;
}

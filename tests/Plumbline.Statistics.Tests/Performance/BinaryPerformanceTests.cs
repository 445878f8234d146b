using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Tests.Performance;

public sealed class BinaryPerformanceTests
{
    [Fact]
    public void Golden_wilson_interval()
    {
        var interval = Wilson.Of(45, 60)!.Value;
        Check.Near(0.6276793, interval.Lower, 1e-7);
        Check.Near(0.8422348, interval.Upper, 1e-7);
    }

    [Fact]
    public void Golden_area_with_delong()
    {
        int[] y = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0];
        double[] s = [.1, .4, .35, .8, .3, .9, .6, .6, .7, .2];
        var area = Roc.Area(ScoreCounts.From(s, [.. y.Select(v => v == 1)]));
        Check.Near(0.9, area, 1e-12);
        Check.Near(0.1, area.StandardError, 1e-12);
        Check.Near(0.9 - 1.959963984540054 * 0.1, area.Lower, 1e-9);
        Assert.Equal(1, area.Upper);
    }

    [Fact]
    public void Golden_calibration_vector()
    {
        double[] p = [.1, .1, .3, .3, .6, .6, .8, .8, .8, .8];
        int[] y = [0, 0, 0, 1, 1, 0, 1, 1, 1, 0];
        var counts = ScoreCounts.From(p, [.. y.Select(v => v == 1)]);
        Check.Near(0.10, ProbabilityLoss.ExpectedCalibrationError(counts), 1e-12);
        Check.Near(0.188, ProbabilityLoss.Brier(counts), 1e-12);
        Check.Near(0.5477353702, ProbabilityLoss.LogLoss(counts), 1e-10);
        var bins = new CalibrationBins();
        bins.Add(counts);
        Check.Near(0.20, bins.MaximumCalibrationError(), 1e-12);
    }

    [Fact]
    public void Grouped_rows_equal_single_rows_and_merging_equals_recomputing()
    {
        var random = new RandomSource(3);
        var rows = new BinaryOutcome[500];
        for (var i = 0; i < rows.Length; i++)
        {
            var score = Math.Round(random.NextDouble(), 1);
            rows[i] = new BinaryOutcome(random.NextDouble() < score, random.NextDouble() < 0.5, score);
        }

        var grouped = rows.GroupBy(r => r).Select(g => g.Key with { Count = g.Count() }).ToArray();
        var a = BinaryPerformance.Of(rows);
        AssertSame(a, BinaryPerformance.Of(grouped));
        var first = BinaryPerformance.Of(rows.AsSpan(0, 123));
        var second = BinaryPerformance.Of(rows.AsSpan(123));
        AssertSame(
            a,
            BinaryPerformance.Of(
                first.Confusion + second.Confusion,
                ScoreCounts.From(rows.AsSpan(0, 123)).Merge(ScoreCounts.From(rows.AsSpan(123)))
            )
        );
    }

    [Fact]
    public void Zero_division_is_zero_without_interval()
    {
        var performance = BinaryPerformance.Of([new BinaryOutcome(false, false, 0.2, 40)]);
        Assert.Equal(0, performance.Precision.Value);
        Assert.Null(performance.Precision.Lower);
        Assert.Equal(0, performance.Recall.Value);
        Assert.Equal(0, performance.F1.Value);
        Assert.Equal(1, performance.Accuracy.Value);
        Check.Undefined(performance.RocAuc);
        Assert.Equal(40, performance.Accuracy.N);
    }

    [Fact]
    public void No_rows_and_bad_scores()
    {
        Check.Insufficient(BinaryPerformance.Of([]).Accuracy);
        Check.Insufficient(BinaryPerformance.Of([new BinaryOutcome(true, true, double.NaN)]).LogLoss);
        var outside = BinaryPerformance.Of([new BinaryOutcome(true, true, 1.2), new BinaryOutcome(false, true, 0.2)]);
        Check.Undefined(outside.LogLoss);
        Check.Undefined(outside.ExpectedCalibrationError);
        Assert.Equal(1, outside.RocAuc.Value);
        Assert.Throws<ArgumentException>(() => BinaryPerformance.Of([new BinaryOutcome(true, true, 0.5, -1)]));
    }

    [Fact]
    public void Area_is_invariant_under_monotone_maps_and_mirrors()
    {
        var random = new RandomSource(8);
        var scores = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
        var truth = scores.Select(s => random.NextDouble() < s).ToArray();
        var area = Roc.Area(ScoreCounts.From(scores, truth)).Value!.Value;
        Check.Near(area, Roc.Area(ScoreCounts.From([.. scores.Select(s => s * s * s)], truth)), 1e-12);
        Check.Near(1 - area, Roc.Area(ScoreCounts.From([.. scores.Select(s => -s)], truth)), 1e-12);
        Check.Near(1 - area, Roc.Area(ScoreCounts.From(scores, [.. truth.Select(t => !t)])), 1e-12);
    }

    [Fact]
    public void The_curve_encloses_the_area_even_when_straight_points_are_dropped()
    {
        var random = new RandomSource(18);
        var scores = Enumerable.Range(0, 400).Select(_ => Math.Round(random.NextDouble(), 2)).ToArray();
        var truth = scores.Select(s => random.NextDouble() < s).ToArray();
        var counts = ScoreCounts.From(scores, truth);
        var curve = Roc.Curve(counts);
        Assert.Equal((0, 0), (curve[0].FalsePositiveRate, curve[0].TruePositiveRate));
        Assert.Equal((1, 1), (curve[^1].FalsePositiveRate, curve[^1].TruePositiveRate));
        var area = 0.0;
        for (var i = 1; i < curve.Count; i++)
        {
            area +=
                (curve[i].FalsePositiveRate - curve[i - 1].FalsePositiveRate)
                * (curve[i].TruePositiveRate + curve[i - 1].TruePositiveRate)
                / 2;
        }

        Check.Near(area, Roc.Area(counts), 1e-12);
        var thin = Roc.Curve(counts, 20);
        Assert.Equal(20, thin.Count);
        Assert.Equal(curve[^1], thin[^1]);
    }

    [Fact]
    public void Perfect_separation_still_has_an_honest_interval()
    {
        var area = Roc.Area(ScoreCounts.From([0.1, 0.2, 0.8, 0.9], [false, false, true, true]));
        Assert.Equal(1, area.Value);
        Assert.InRange(area.Lower!.Value, 0.2, 0.6);
    }

    private static void AssertSame(BinaryPerformance expected, BinaryPerformance actual)
    {
        Assert.Equal(expected.Confusion, actual.Confusion);
        foreach (
            var (a, b) in new[]
            {
                (expected.Accuracy, actual.Accuracy),
                (expected.F1, actual.F1),
                (expected.RocAuc, actual.RocAuc),
                (expected.LogLoss, actual.LogLoss),
                (expected.Brier, actual.Brier),
                (expected.ExpectedCalibrationError, actual.ExpectedCalibrationError),
            }
        )
        {
            Check.Near(a.Value!.Value, b, 1e-12);
            Check.Near(a.Lower!.Value, b.Lower, 1e-9);
            Check.Near(a.Upper!.Value, b.Upper, 1e-9);
            Assert.Equal(a.N, b.N);
        }
    }
}

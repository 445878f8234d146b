using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Tests.Performance;

public sealed class ThresholdSweepTests
{
    private static readonly ScoreCounts Counts = ScoreCounts.From([0.1, 0.4, 0.6, 0.9], [false, true, false, true]);

    [Fact]
    public void Every_threshold_with_its_counts_cost_and_lift()
    {
        var points = ThresholdSweep.Of(Counts, new CostMatrix(1, 5));
        Assert.Equal([double.PositiveInfinity, 0.9, 0.6, 0.4, 0.1], points.Select(p => p.Threshold));
        Assert.Equal(new BinaryConfusion(1, 0, 1, 2), points[1].Confusion);
        Assert.Equal([10 / 4.0, 5 / 4.0, 6 / 4.0, 1 / 4.0, 2 / 4.0], points.Select(p => p.Cost));
        Assert.Equal([null, 2.0, 1.0, 4 / 3.0, 1.0], points.Select(p => p.Lift));
        Assert.Equal(0.4, ThresholdSweep.Cheapest(Counts, new CostMatrix(1, 5))!.Value.Threshold);
        Assert.Equal(3, ThresholdSweep.Of(Counts, default, 3).Count);
        Assert.Empty(ThresholdSweep.Of(ScoreCounts.From([], []), default));
    }

    [Fact]
    public void Realised_cost_has_an_interval()
    {
        var cost = ThresholdSweep.RealisedCost(new BinaryConfusion(40, 10, 5, 45), new CostMatrix(1, 10));
        Check.Near(0.6, cost, 1e-12);
        Assert.True(cost.Lower < 0.6 && cost.Upper > 0.6);
        Check.Insufficient(ThresholdSweep.RealisedCost(default, new CostMatrix(1, 10)));
    }
}

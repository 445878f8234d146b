using Plumbline.Statistics.Survival;

namespace Plumbline.Statistics.Tests.Survival;

/// <summary>Shares by age when many are too young to tell.</summary>
public sealed class LifeTableTests
{
    /// <summary>
    /// Cutler and Ederer's localised kidney cancer: 126 patients, five years; survival .60, .54, .50, .44, .44 after each; four were
    /// observed for longer.
    /// </summary>
    [Fact]
    public void Kidney_cancer_of_cutler_and_ederer()
    {
        var points = LifeTable
            .Of([new(1, 47, 4 + 15), new(2, 5, 6 + 11), new(3, 2, 0 + 15), new(4, 2, 2 + 7), new(5, 0, 0 + 6), new(6, 0, 4)])
            .Take(5)
            .ToList();
        Assert.Equal([126, 60, 38, 21, 10], points.Select(point => point.AtRisk));
        Assert.Equal([0.60, 0.54, 0.50, 0.44, 0.44], points.Select(point => Math.Round(1 - point.Share, 2)));
        Assert.Equal(0.060, points[4].StandardError, 2e-3);
    }

    [Fact]
    public void Without_withdrawals_it_is_the_plain_share()
    {
        var points = LifeTable.Of([new(1, 20, 0), new(2, 30, 0), new(3, 0, 50)]);
        Assert.Equal([0.2, 0.5, 0.5], points.Select(point => Math.Round(point.Share, 12)));
        Assert.Equal(Math.Sqrt(0.5 * 0.5 / 100), points[1].StandardError, 1e-12);
    }

    [Fact]
    public void Nothing_gives_nothing_and_nonsense_is_refused()
    {
        Assert.Empty(LifeTable.Of([]));
        Assert.Empty(LifeTable.Of([new(1, 0, 0)]));
        Assert.Throws<ArgumentException>(() => LifeTable.Of([new(2, 1, 0), new(1, 1, 0)]));
        Assert.Throws<ArgumentException>(() => LifeTable.Of([new(2, -1, 0)]));
    }

    /// <summary>
    /// Exponential delays, half of the subjects observed for a random time only: the table finds the truth, the naive share does not.
    /// </summary>
    [Fact]
    public void Censoring_does_not_bias_it()
    {
        var random = new RandomSource(11);
        double[] ends = [0.25, 0.5, 0.75, 1, 1.5, 2, 3];
        var (events, withdrawn) = (new double[ends.Length + 1], new double[ends.Length + 1]);
        for (var i = 0; i < 40_000; i++)
        {
            var (delay, observed) = (-Math.Log(1 - random.NextDouble()), 3 * random.NextDouble());
            var at = Array.FindIndex(ends, end => Math.Min(delay, observed) < end);
            (delay <= observed ? events : withdrawn)[at < 0 ? ends.Length : at]++;
        }

        var points = LifeTable.Of([.. ends.Select((end, i) => new AgeInterval(end, events[i], withdrawn[i]))]);
        foreach (var point in points.Where(point => point.Age <= 2))
            Assert.Equal(1 - Math.Exp(-point.Age), point.Share, 0.012);
    }
}

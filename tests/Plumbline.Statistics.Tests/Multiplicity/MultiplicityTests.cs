using Plumbline.Statistics.Multiplicity;

namespace Plumbline.Statistics.Tests.Multiplicity;

public sealed class MultiplicityTests
{
    private static readonly double?[] P = [.001, .008, .039, .041, .042, .06, .074, .205];

    [Fact]
    public void Golden_adjustments()
    {
        Same([.008, .032, .0672, .0672, .0672, .08, .08457143, .205], AdjustedPValues.BenjaminiHochberg(P));
        Same([.02174286, .08697143, .18264, .18264, .18264, .21742857, .22985306, .55716071], AdjustedPValues.BenjaminiYekutieli(P));
        Same([.008, .056, .234, .234, .234, .234, .234, .234], AdjustedPValues.Holm(P));
    }

    [Fact]
    public void A_missing_p_is_not_in_the_family_and_order_does_not_matter()
    {
        double?[] shuffled = [.205, null, .042, .001, .06, .039, .041, .008, .074];
        var adjusted = AdjustedPValues.BenjaminiHochberg(shuffled);
        Assert.Null(adjusted[1]);
        Check.Near(0.205, adjusted[0]);
        Check.Near(0.008, adjusted[3]);
        Check.Near(0.0672, adjusted[2]);
        Assert.Empty(AdjustedPValues.Holm([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdjustedPValues.Holm([1.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdjustedPValues.Holm([double.NaN]));
    }

    [Fact]
    public void E_bh_rejects_the_largest()
    {
        // m = 4, level 0.1: bars 40, 20, 13.3, 10.
        Assert.Equal([true, true, false, true], EBenjaminiHochberg.Reject([50, 21, 3, 14], 0.1));
        Assert.Equal([false, false, false, false], EBenjaminiHochberg.Reject([19, 12, 3, 1], 0.1));
        Assert.Equal([false, true], EBenjaminiHochberg.Reject([null, 20], 0.05));
    }

    [Fact]
    public void Lord_earns_level_by_rejecting_and_decays_without()
    {
        var stream = new LordPlusPlus();
        var first = stream.NextLevel;
        for (var i = 0; i < 20; i++)
            Assert.False(stream.Test(0.9));
        var tired = stream.NextLevel;
        Assert.True(tired < first);
        Assert.True(stream.Test(1e-9));
        Assert.True(stream.NextLevel > tired);
        Assert.Equal(21, stream.Tests);
        Assert.Equal(1, stream.Rejections);
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Lord_keeps_the_false_discovery_rate()
    {
        var shares = new double[Simulations.Runs];
        Simulations.Run(
            61,
            (random, run) =>
            {
                var stream = new LordPlusPlus();
                int wrong = 0,
                    all = 0;
                for (var t = 0; t < 200; t++)
                {
                    var isNull = random.NextInt(5) != 0;
                    if (!stream.Test(isNull ? random.NextDouble() : Math.Pow(random.NextDouble(), 6) * 0.01))
                        continue;
                    all++;
                    wrong += isNull ? 1 : 0;
                }

                shares[run] = all == 0 ? 0 : (double)wrong / all;
            }
        );
        var share = shares.Average();
        Assert.True(share <= 0.05, $"false discovery rate {share}");
    }

    private static void Same(double[] expected, double?[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Check.Near(expected[i], actual[i], 1e-8);
    }
}

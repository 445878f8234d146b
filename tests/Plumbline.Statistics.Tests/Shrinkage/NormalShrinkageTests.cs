using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Shrinkage;

namespace Plumbline.Statistics.Tests.Shrinkage;

/// <summary>Small groups say less than large ones.</summary>
public sealed class NormalShrinkageTests
{
    /// <summary>The eight schools of Rubin (1981): their pooled effect is 7.7 and nothing between them goes beyond noise.</summary>
    [Fact]
    public void Eight_schools_are_one()
    {
        double[] effects = [28, 8, -3, 7, -1, 1, 18, 12],
            errors = [15, 10, 16, 11, 9, 11, 10, 18];
        var shrunk = NormalShrinkage.Towards([.. effects.Zip(errors, (value, error) => new GroupEstimate(value, error))]);
        Assert.Equal(7.6856, shrunk.Centre, 1e-4);
        Assert.Equal(0, shrunk.BetweenVariance);
        Assert.All(shrunk.Groups, group => Assert.Equal(shrunk.Centre, group.Value));
    }

    /// <summary>By hand: weights 1, 1, 1/4; pooled 4/9 x (2 + 10 + 6/4); Q = 32.2..; τ² = (Q - 2) / (9/4 - (33/16)/(9/4)).</summary>
    [Fact]
    public void Three_groups_by_hand()
    {
        var shrunk = NormalShrinkage.Towards([new(2, 1), new(10, 1), new(6, 2)]);
        Assert.Equal(6, shrunk.Centre, 1e-12);
        var between = (32.0 - 2) / (2.25 - (2.0625 / 2.25));
        Assert.Equal(between, shrunk.BetweenVariance, 1e-12);
        Assert.Equal((2 + (6 / between)) / (1 + (1 / between)), shrunk.Groups[0].Value, 1e-12);
        Assert.Equal(Math.Sqrt(1 / (1 + (1 / between))), shrunk.Groups[0].StandardError, 1e-12);
        Assert.Equal(6, shrunk.Groups[2].Value, 1e-12);
    }

    [Fact]
    public void A_group_lies_between_its_own_value_and_the_centre_and_is_surer_than_alone() =>
        Prop.ForAll(
                Gen.Choose(-1000, 1000).Zip(Gen.Choose(1, 500)).NonEmptyListOf().ToArbitrary(),
                groups =>
                {
                    var own = groups.Select(group => new GroupEstimate(group.Item1 / 10.0, group.Item2 / 10.0)).ToList();
                    var shrunk = NormalShrinkage.Towards(own, centre: 3);
                    return own.Zip(shrunk.Groups)
                        .All(pair =>
                            pair.Second.Value >= Math.Min(3, pair.First.Value) - 1e-9
                            && pair.Second.Value <= Math.Max(3, pair.First.Value) + 1e-9
                            && pair.Second.StandardError <= pair.First.StandardError
                        );
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_smaller_group_is_drawn_further()
    {
        var shrunk = NormalShrinkage.Towards([new(0.9, 0.01), new(0.5, 0.01), new(0.2, 0.01), new(0.2, 0.2)], centre: 0.8);
        Assert.True(shrunk.Groups[3].Value > shrunk.Groups[2].Value);
        Assert.Throws<ArgumentException>(() => NormalShrinkage.Towards([new(double.NaN, 1)]));
    }
}

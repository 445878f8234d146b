using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Sampling;

namespace Plumbline.Statistics.Tests.Sampling;

public sealed class PoissonDesignTests
{
    private static readonly Gen<SizeBin[]> Group = (
        from rows in Gen.Choose(0, 500)
        from size in Gen.Choose(1, 10_000)
        select new SizeBin(rows, size / 100.0)
    )
        .NonEmptyListOf()
        .Select(bins => bins.ToArray());

    private static readonly Arbitrary<(SizeBin[][] Groups, double Budget, double More, double MostShare)> Designs = (
        from groups in Group.NonEmptyListOf()
        from budget in Gen.Choose(0, 3000)
        from more in Gen.Choose(0, 500)
        from share in Gen.Choose(1, 100)
        select (groups.ToArray(), budget / 4.0, more / 4.0, share / 100.0)
    ).ToArbitrary();

    /// <summary>
    /// Ten rows of size 1, ten of 2, one of 100. For 7 rows the large one is certain, and 6 fall on 10 + 20 of size: c = 0.2. For 0.65 rows
    /// c = 0.65 / 130.
    /// </summary>
    [Fact]
    public void Factors_by_hand()
    {
        SizeBin[] bins = [new(10, 1), new(1, 100), new(10, 2), new(0, 1e-9)];
        Assert.Equal(0.2, PoissonDesign.Factor(bins, 7), 1e-15);
        Assert.Equal(0.65 / 130, PoissonDesign.Factor(bins, 0.65), 1e-15);
        // All of size 2 and more are certain with 11 rows; 9 of the other 10 are left.
        Assert.Equal(0.9, PoissonDesign.Factor(bins, 20), 1e-15);
        Assert.Equal(0, PoissonDesign.Factor(bins, 0));
        Assert.Equal(double.PositiveInfinity, PoissonDesign.Factor(bins, 21));
        Assert.Equal(double.PositiveInfinity, PoissonDesign.Factor([], 1));
        Assert.Equal(7, PoissonDesign.Expected(bins, 0.2), 1e-12);
        Assert.Equal(21, PoissonDesign.Expected(bins, double.PositiveInfinity));
    }

    /// <summary>
    /// Three groups of 100 rows of sizes 8, 1 and 1; 20 rows, of which none may have more than half. By size the first would have 16; so it
    /// gets 10, c = 10 / 800, and the others 5 each, c = 5 / 100.
    /// </summary>
    [Fact]
    public void What_a_group_may_not_have_goes_to_the_others()
    {
        SizeBin[][] groups =
        [
            [new(100, 8)],
            [new(100, 1)],
            [new(100, 1)],
        ];
        double[] factors = PoissonDesign.Factors(groups, 20, 0.5);
        Assert.Equal([0.0125, 0.05, 0.05], factors, (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal([0.02, 0.02, 0.02], PoissonDesign.Factors(groups, 20), (a, b) => Math.Abs(a - b) < 1e-14);
        // A quarter each of three groups is three quarters of the budget.
        Assert.Equal(15, Taken(groups, PoissonDesign.Factors(groups, 20, 0.25)), 1e-9);
        Assert.Empty(PoissonDesign.Factors([], 5));
    }

    [Fact]
    public void Expected_rows_are_the_budget_or_all_there_are() =>
        Prop.ForAll(
                Designs,
                design =>
                {
                    var bins = design.Groups.SelectMany(group => group).ToArray();
                    var (factor, rows) = (PoissonDesign.Factor(bins, design.Budget), bins.Sum(bin => bin.Rows));
                    return Near(Math.Min(rows, design.Budget), PoissonDesign.Expected(bins, factor))
                        && PoissonDesign.Factor(bins, design.Budget + design.More) >= factor
                        && double.IsPositiveInfinity(factor) == (rows <= design.Budget && design.Budget > 0);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_group_is_above_its_share_and_the_budget_is_used_where_it_can_be() =>
        Prop.ForAll(
                Designs,
                design =>
                {
                    var (groups, budget, _, share) = design;
                    var factors = PoissonDesign.Factors(groups, budget, share);
                    var most = groups.Sum(group => Math.Min(share * budget, group.Sum(bin => bin.Rows)));
                    return groups.Zip(factors, PoissonDesign.Expected).All(expected => expected <= share * budget * (1 + 1e-9))
                        && Near(Math.Min(budget, most), Taken(groups, factors));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_larger_budget_makes_no_factor_smaller() =>
        Prop.ForAll(
                Designs,
                design =>
                {
                    var less = PoissonDesign.Factors(design.Groups, design.Budget, design.MostShare);
                    var more = PoissonDesign.Factors(design.Groups, design.Budget + design.More, design.MostShare);
                    return less.Zip(more).All(pair => pair.Second >= pair.First * (1 - 1e-9));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_no_design_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PoissonDesign.Factor([new(1, 0)], 0.5));
        Assert.Throws<ArgumentException>(() => PoissonDesign.Factor([new(-1, 1)], 0.5));
        Assert.Throws<ArgumentException>(() => PoissonDesign.Expected([new(1, double.NaN)], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonDesign.Factor([new(1, 1)], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonDesign.Factor([new(1, 1)], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonDesign.Expected([new(1, 1)], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            PoissonDesign.Factors(
                [
                    [new(1, 1)],
                ],
                1,
                0
            )
        );
    }

    private static double Taken(SizeBin[][] groups, double[] factors) => groups.Zip(factors, PoissonDesign.Expected).Sum();

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, expected);
}

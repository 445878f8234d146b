using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Tests.Probability;

public sealed class TwoSharesTests
{
    /// <summary>The one-sided p-values of Fisher's exact test for tables whose values are in print.</summary>
    [Theory]
    [InlineData(8, 10, 1, 6, 0.024475524475524)]
    [InlineData(3, 4, 1, 4, 0.242857142857143)]
    [InlineData(1, 10, 11, 14, 0.999966348095303)]
    [InlineData(11, 14, 1, 10, 0.00137972809261)]
    public void Tables_in_print_have_their_p_value(long hits, long rows, long otherHits, long otherRows, double expected) =>
        Assert.Equal(expected, TwoShares.PValueOfMore(hits, rows, otherHits, otherRows), 1e-12);

    [Fact]
    public void It_is_the_tail_of_the_hypergeometric_distribution()
    {
        var tables = (
            from rows in Gen.Choose(1, 60)
            from otherRows in Gen.Choose(1, 60)
            from hits in Gen.Choose(0, rows)
            from otherHits in Gen.Choose(0, otherRows)
            select (Hits: hits, Rows: rows, OtherHits: otherHits, OtherRows: otherRows)
        ).ToArbitrary();
        Prop.ForAll(
                tables,
                t =>
                {
                    var law = new Hypergeometric(t.Rows + t.OtherRows, t.Hits + t.OtherHits, t.Rows);
                    var tail = Enumerable.Range(t.Hits, t.Rows - t.Hits + 1).Sum(law.Probability);
                    return Math.Abs(tail - TwoShares.PValueOfMore(t.Hits, t.Rows, t.OtherHits, t.OtherRows)) < 1e-9;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Many_rows_cost_little_and_give_what_the_normal_law_gives()
    {
        // 1.5 % against 1.4 % of a million rows each.
        Assert.InRange(TwoShares.PValueOfMore(15_000, 1_000_000, 14_000, 1_000_000), 1.6e-9, 1.8e-9);
        Assert.Equal(1, TwoShares.PValueOfMore(0, 10, 5, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoShares.PValueOfMore(11, 10, 0, 10));
    }
}

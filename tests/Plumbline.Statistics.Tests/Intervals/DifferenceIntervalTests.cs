using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Tests.Intervals;

public sealed class DifferenceIntervalTests
{
    /// <summary>Newcombe 1998, table II, method 10.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void Of_two_proportions_it_is_the_published_one(int hits, int rows, int otherHits, int otherRows, double lower, double upper)
    {
        var difference = DifferenceInterval.Of(Wilson.Proportion(hits, rows), Wilson.Proportion(otherHits, otherRows));
        Assert.Equal(((double)hits / rows) - ((double)otherHits / otherRows), difference.Value!.Value, 12);
        Assert.Equal(lower, difference.Lower!.Value, 0.00006);
        Assert.Equal(upper, difference.Upper!.Value, 0.00006);
        Assert.Equal((rows, otherRows), (difference.N, difference.M!.Value));
    }

    [Fact]
    public void Of_two_means_it_is_that_of_the_sum_of_their_variances()
    {
        var first = Estimate.Of(10, 100).With(new Interval(8, 12));
        var second = Estimate.Of(7, 100).With(new Interval(5.5, 8.5));
        var difference = DifferenceInterval.Of(first, second);
        Assert.Equal(3 - 2.5, difference.Lower!.Value, 12);
        Assert.Equal(3 + 2.5, difference.Upper!.Value, 12);
    }

    [Fact]
    public void Without_a_value_there_is_no_difference_and_without_an_interval_none_of_it()
    {
        var known = Estimate.Of(1, 50).With(new Interval(0.5, 1.5));
        var missing = DifferenceInterval.Of(known, Estimate.Insufficient(3, null, "3 rows, 30 are needed"));
        Assert.Null(missing.Value);
        Assert.Equal("3 rows, 30 are needed", missing.Reason);
        var bare = DifferenceInterval.Of(known, Estimate.Of(0.25, 60));
        Assert.Equal(0.75, bare.Value);
        Assert.Null(bare.Lower);
    }
}

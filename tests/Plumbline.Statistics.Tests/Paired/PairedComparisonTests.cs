using Plumbline.Statistics.Paired;

namespace Plumbline.Statistics.Tests.Paired;

public sealed class PairedComparisonTests
{
    /// <summary>
    /// Ten cases that only the second got right, two that only the first did, of fifty: (11 - 3) / 52 -+ z sqrt((14 / 52 - (8 / 52)^2) /
    /// 52),
    /// and twice the tail of 12 coins, 2 (1 + 12 + 66) / 4096.
    /// </summary>
    [Fact]
    public void Fifty_cases_by_hand()
    {
        var compared = PairedComparison.Of(
            [.. Cases(10, (0, 1)), .. Cases(2, (1, 0)), .. Cases(30, (1, 1)), .. Cases(8, (0, 0))],
            areShares: true
        );
        Check.Near(32 / 50.0, compared.Before, 1e-15);
        Check.Near(40 / 50.0, compared.After, 1e-15);
        Check.Near(8 / 50.0, compared.Difference, 1e-15);
        var half = 1.959963984540054 * Math.Sqrt((14 / 52.0 - Math.Pow(8 / 52.0, 2)) / 52);
        Check.Near(8 / 52.0 - half, compared.Difference.Lower, 1e-12);
        Check.Near(8 / 52.0 + half, compared.Difference.Upper, 1e-12);
        Assert.Equal((2, 10), (compared.OnlyBefore, compared.OnlyAfter));
        Check.Near(158 / 4096.0, compared.Test.PValue, 1e-12);
    }

    [Fact]
    public void A_weight_of_two_is_two_cases_and_scale_does_not_matter()
    {
        PairedRow[] once = [new(0, 1, 2), new(1, 1, 1), new(1, 0, 1), new(0, 0, 3)];
        PairedRow[] larger = [.. once.Select(row => row with { Weight = row.Weight * 1000 })];
        PairedRow[] twice = [new(0, 1), new(0, 1), new(1, 1), new(1, 0), new(0, 0), new(0, 0), new(0, 0)];
        var (a, b, c) = (PairedComparison.Of(once, true), PairedComparison.Of(larger, true), PairedComparison.Of(twice, true));
        Check.Near(c.Difference.Value!.Value, a.Difference, 1e-12);
        Check.Near(a.Difference.Lower!.Value, b.Difference.Lower, 1e-12);
        // One case that stands for two says less than two cases.
        Assert.True(a.Difference.Upper - a.Difference.Lower > c.Difference.Upper - c.Difference.Lower);
    }

    [Fact]
    public void Who_was_never_different_may_still_differ_and_two_cases_are_the_least()
    {
        var same = PairedComparison.Of([.. Cases(40, (1, 1))], areShares: true);
        Assert.Equal(0, same.Difference.Value);
        Assert.InRange(same.Difference.Upper!.Value, 0.05, 0.1);
        Check.Near(-same.Difference.Upper.Value, same.Difference.Lower, 1e-12);
        Assert.Null(same.Test.PValue);
        Check.Insufficient(PairedComparison.Of([new(1, 0)], areShares: true).Difference);
        Check.Insufficient(PairedComparison.Of([], areShares: false).Difference);
        Assert.Throws<ArgumentException>("rows", () => PairedComparison.Of([new(0.5, 1), new(0, 1)], areShares: true));
        Assert.Throws<ArgumentException>("rows", () => PairedComparison.Of([new(1, 1, 0), new(0, 1)], areShares: true));
        Assert.Throws<ArgumentException>("rows", () => PairedComparison.Of([new(double.NaN, 1), new(0, 1)], areShares: false));
    }

    /// <summary>Differences -1, -2 and -3: mean -2, standard error 1 / sqrt 3, t of two degrees of freedom.</summary>
    [Fact]
    public void Errors_of_numbers_have_the_interval_of_their_differences()
    {
        var compared = PairedComparison.Of([new(5, 4), new(7, 5), new(9, 6)], areShares: false);
        Check.Near(-2, compared.Difference, 1e-15);
        Check.Near(-2 + 4.302652729911275 / Math.Sqrt(3), compared.Difference.Upper, 1e-9);
        Check.Near(7, compared.Before, 1e-15);
        Assert.Equal(3, compared.OnlyBefore);
    }

    /// <summary>
    /// Cases that are chosen because they are hard, where the second is better and the rest alike: the weighted difference is that of all,
    /// and its interval holds it as often as it says.
    /// </summary>
    [Theory]
    [InlineData(30, 0.5, 0.6, false)]
    [InlineData(120, 0.8, 0.82, false)]
    [InlineData(300, 0.8, 0.8, true)]
    [InlineData(400, 0.9, 0.93, true)]
    public void Intervals_hold_the_difference_in_95_of_100(int n, double before, double after, bool weighted)
    {
        var random = new RandomSource(11);
        const int runs = 2000;
        var (held, mean) = (0, 0.0);
        for (var run = 0; run < runs; run++)
        {
            var rows = new List<PairedRow>();
            while (rows.Count < n)
            {
                // A case's difficulty is shared by the two; hard cases are chosen up to five times as often.
                var hard = random.NextDouble();
                var probability = weighted ? 0.2 + 0.8 * hard : 1;
                if (random.NextDouble() >= probability)
                    continue;
                var shift = 0.1 * (0.5 - hard);
                rows.Add(
                    new PairedRow(
                        random.NextDouble() < before + shift ? 1 : 0,
                        random.NextDouble() < after + shift ? 1 : 0,
                        1 / probability
                    )
                );
            }

            var found = PairedComparison.Of(rows, areShares: true).Difference;
            mean += found.Value!.Value / runs;
            held += found.Lower <= after - before && after - before <= found.Upper ? 1 : 0;
        }

        Assert.InRange(mean, after - before - 0.01, after - before + 0.01);
        Assert.InRange(held / (double)runs, 0.935, 0.975);
    }

    private static IEnumerable<PairedRow> Cases(int count, (double Before, double After) row) =>
        Enumerable.Repeat(new PairedRow(row.Before, row.After), count);
}

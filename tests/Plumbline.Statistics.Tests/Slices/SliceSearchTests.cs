using Plumbline.Statistics.Slices;

namespace Plumbline.Statistics.Tests.Slices;

public sealed class SliceSearchTests
{
    private const int Country = 0;
    private const int Plan = 1;
    private const int Amount = 2;
    private const int Rows = 12_000;
    private const byte Brazil = 2;
    private const byte Pro = 1;

    [Fact]
    public void A_slice_that_explains_all_is_not_reported_with_a_further_condition()
    {
        var finding = Assert.Single(Find(row => row.Country == Brazil).Findings);
        Assert.Equal([new SlicePredicate(Country, Brazil, Brazil)], finding.Predicates);
        Assert.InRange(finding.Difference.Value!.Value, finding.Difference.Lower!.Value, finding.Difference.Upper!.Value);
        Assert.InRange(finding.Difference.Value!.Value, 0.25, 0.35);
        Assert.True(finding.Difference.Upper - finding.Difference.Lower < 0.08);
        Check.Near(finding.Rows * finding.Difference.Value!.Value, finding.ExcessLoss);
    }

    [Fact]
    public void And_its_parent_is_not_reported_where_only_the_child_is_bad()
    {
        var finding = Assert.Single(Find(row => row.Country == Brazil && row.Plan == Pro).Findings);
        Assert.Equal([new SlicePredicate(Country, Brazil, Brazil), new SlicePredicate(Plan, Pro, Pro)], finding.Predicates);
    }

    [Fact]
    public void Three_conditions_an_interval_among_them()
    {
        var finding = Assert.Single(
            Find(row => row.Country == Brazil && row.Plan == Pro && row.Amount is >= 4 and < 10, lift: 0.4).Findings
        );
        Assert.Equal(
            [new SlicePredicate(Country, Brazil, Brazil), new SlicePredicate(Plan, Pro, Pro), new SlicePredicate(Amount, 4, 9)],
            finding.Predicates
        );
        Assert.Equal(
            2,
            Find(
                row => row.Country == Brazil && row.Plan == Pro && row.Amount is >= 4 and < 10,
                lift: 0.4,
                options: new SliceSearchOptions { MaximumPredicates = 2 }
            )
                .Findings[0]
                .Predicates.Count
        );
    }

    [Fact]
    public void Missing_values_are_a_condition()
    {
        var (table, _) = World(5);
        var finding = Assert.Single(Find(row => row.Amount == 10).Findings);
        Assert.Equal([new SlicePredicate(Amount, 10, 10)], finding.Predicates);
        Assert.True(finding.Predicates[0].IsMissing(table));
    }

    [Fact]
    public void Two_weak_slices_are_two_findings_and_a_copied_feature_none_more()
    {
        var result = Find(row => row.Country == Brazil || row.Amount is 8 or 9, copyOfCountry: true);
        Assert.Equal(2, result.Findings.Count);
        Assert.Contains(result.Findings, f => f.Predicates is [{ Feature: Country or 4, First: Brazil, Last: Brazil }]);
        Assert.Contains(result.Findings, f => f.Predicates is [{ Feature: Amount, First: 8, Last: 9 }]);
    }

    [Fact]
    public void The_numbers_can_be_counted_again()
    {
        var (table, rows) = World(9);
        var losses = Losses(rows, row => row.Country == Brazil, 0.3, new RandomSource(9));
        var previous = World(10).Table;
        var result = SliceSearch.Find(table, losses, previous: previous);
        var finding = Assert.Single(result.Findings);
        var inside = table.Match(finding.Predicates);
        Assert.Equal(inside.Count(m => m), finding.Rows);
        Check.Near(finding.Rows / (double)Rows, finding.Share);
        Check.Near(losses.Average(), result.MeanLoss);
        Check.Near(finding.ExcessLoss / losses.Sum(), finding.ShareOfLoss);
        Check.Near(previous.Count(finding.Predicates) / (double)previous.Rows, finding.PreviousShare);
        Check.Near(finding.Share / finding.PreviousShare!.Value - 1, finding.TrafficGrowth);
        Assert.Equal(Rows, result.SearchRows + result.ConfirmationRows);
        // Only the confirmation half, but a fair sample of all rows.
        Assert.InRange(
            finding.LossInside,
            losses.Where((_, i) => inside[i]).Average() - 0.04,
            losses.Where((_, i) => inside[i]).Average() + 0.04
        );
        Check.Near(finding.LossInside - finding.LossOutside, finding.Difference);
    }

    [Fact]
    public void The_result_depends_on_the_seed_alone()
    {
        var one = Find(row => row.Country == Brazil && row.Plan == Pro, options: new SliceSearchOptions { Parallelism = 1 });
        var four = Find(row => row.Country == Brazil && row.Plan == Pro, options: new SliceSearchOptions { Parallelism = 4 });
        Assert.Equal(one.Findings[0].Difference, four.Findings[0].Difference);
        Assert.Equal(one.Findings[0].Score, four.Findings[0].Score);
        var other = Find(row => row.Country == Brazil && row.Plan == Pro, options: new SliceSearchOptions { Seed = 8 });
        Assert.Equal(one.Findings[0].Predicates, other.Findings[0].Predicates);
        Assert.NotEqual(one.Findings[0].Difference, other.Findings[0].Difference);
    }

    [Fact]
    public void Losses_with_heavy_tails_do_not_blind_the_search()
    {
        var (table, rows) = World(11);
        var random = new RandomSource(11);
        double[] losses = [.. rows.Select(row => Math.Abs(random.NextGaussian()) + (row.Country == Brazil ? 1 : 0))];
        losses[17] = 1e6;
        losses[4711] = 1e7;
        Assert.Contains(
            Country,
            Assert.Single(SliceSearch.Find(table, [.. losses.Select(l => Math.Min(l, 50))]).Findings).Predicates.Select(p => p.Feature)
        );
        // With the rows as they are, the confirmation half cannot know the difference; it must not make one up.
        Assert.All(SliceSearch.Find(table, losses).Findings, f => Assert.Contains(Country, f.Predicates.Select(p => p.Feature)));
    }

    [Fact]
    public void What_cannot_be_searched_is_said()
    {
        var (table, _) = World(12);
        var still = SliceSearch.Find(table, new double[Rows]);
        Assert.Empty(still.Findings);
        Assert.Equal("all rows have the same loss", still.Reason);
        var small = new SliceTable([SliceFeature.OfNumbers("x", [1, 2, double.NaN], [1.5])]);
        Assert.Equal("3 rows, 200 are needed", SliceSearch.Find(small, [0, 1, 0]).Reason);
        Assert.Equal(new byte[] { 0, 1, 2 }, small.Features[0].Codes.ToArray());
    }

    [Fact]
    public void Broken_arguments_are_named()
    {
        Assert.Contains(
            "row 1",
            Assert.Throws<ArgumentException>(() => new SliceFeature("x", new byte[] { 0, 4 }, 3, false)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new SliceFeature("x", new byte[] { 0 }, 21, true));
        var one = new SliceFeature("x", new byte[] { 0 }, 3, false);
        Assert.Throws<ArgumentException>(() => new SliceTable([]));
        Assert.Throws<ArgumentException>(() => new SliceTable([one, new SliceFeature("y", new byte[] { 0, 1 }, 3, false)]));
        var (table, _) = World(13);
        Assert.Throws<ArgumentException>(() => SliceSearch.Find(table, [1]));
        Assert.Throws<ArgumentException>(() => SliceSearch.Find(table, [.. Enumerable.Repeat(double.NaN, Rows)]));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            SliceSearch.Find(table, new double[Rows], new SliceSearchOptions { MaximumPredicates = 4 })
        );
        Assert.Throws<ArgumentException>(() => SliceSearch.Find(table, new double[Rows], previous: new SliceTable([one])));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Find(row => row.Country == Brazil, ct: cancelled.Token));
    }

    [Fact]
    public void Categories_beyond_the_listed_ones_are_one_bin()
    {
        var feature = SliceFeature.OfCategories("country", ["BR", "FR", null, "XX", "YY"], ["BR", "FR"]);
        Assert.Equal(new byte[] { 0, 1, 3, 2, 2 }, feature.Codes.ToArray());
        Assert.Equal(3, feature.Bins);
    }

    private static SliceSearchResult Find(
        Func<(byte Country, byte Plan, byte Amount), bool> isWeak,
        double lift = 0.3,
        SliceSearchOptions? options = null,
        bool copyOfCountry = false,
        CancellationToken ct = default
    )
    {
        var (table, rows) = World(3);
        if (copyOfCountry)
            table = new SliceTable([.. table.Features, table.Features[Country]]);
        return SliceSearch.Find(table, Losses(rows, isWeak, lift, new RandomSource(4)), options, ct: ct);
    }

    private static double[] Losses(
        (byte Country, byte Plan, byte Amount)[] rows,
        Func<(byte Country, byte Plan, byte Amount), bool> isWeak,
        double lift,
        RandomSource random
    ) => [.. rows.Select(row => random.NextDouble() < 0.1 + (isWeak(row) ? lift : 0) ? 1.0 : 0.0)];

    private static (SliceTable Table, (byte Country, byte Plan, byte Amount)[] Rows) World(ulong seed)
    {
        var random = new RandomSource(seed);
        var rows = new (byte Country, byte Plan, byte Amount)[Rows];
        var noise = new byte[Rows];
        for (var i = 0; i < Rows; i++)
        {
            rows[i] = ((byte)random.NextInt(6), (byte)random.NextInt(3), (byte)random.NextInt(11));
            noise[i] = (byte)random.NextInt(10);
        }

        return (
            new SliceTable([
                new SliceFeature("country", rows.Select(r => r.Country).ToArray(), 6, false),
                new SliceFeature("plan", rows.Select(r => r.Plan).ToArray(), 3, false),
                new SliceFeature("amount", rows.Select(r => r.Amount).ToArray(), 10, true),
                new SliceFeature("noise", noise, 10, true),
            ]),
            rows
        );
    }
}

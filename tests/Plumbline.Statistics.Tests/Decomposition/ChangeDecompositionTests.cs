using Plumbline.Statistics.Decomposition;

namespace Plumbline.Statistics.Tests.Decomposition;

public sealed class ChangeDecompositionTests
{
    [Fact]
    public void A_change_worked_out_by_hand()
    {
        // Shares .5/.5 -> .8/.2; error .1 -> .1 in A and .3 -> .4 in B. L0 = .2, L1 = .16.
        var explained = ChangeDecomposition.Of([Rate("A", 500, 50, 800, 80), Rate("B", 500, 150, 200, 80)]);
        Check.Near(-0.04, explained.Observed);
        Check.Near(-0.075, explained.Mix);
        Check.Near(0.035, explained.Concept);
        Check.Near(0, explained.Covariate);
        Check.Near(0.3 * (0.1 - 0.18), explained.Segments[0].Mix);
        Check.Near(-0.3 * (0.35 - 0.18), explained.Segments[1].Mix);
        Assert.Equal(ChangeCause.TrafficMix, explained.Largest);
        Assert.All(explained.Segments, s => Assert.False(s.TellsCovariateFromConcept));
    }

    [Fact]
    public void Cells_tell_other_inputs_from_other_outcomes()
    {
        // One segment: hard inputs (error .4) go from 10 % to 30 % of it, and easy ones from an error of .1 to .2.
        var explained = ChangeDecomposition.Of([new SegmentChange("all", [Cell(900, 90, 700, 140), Cell(100, 40, 300, 120)])]);
        Check.Near(0.26 - 0.13, explained.Observed);
        Check.Near(0.2 * 0.4 - 0.2 * 0.15, explained.Covariate);
        Check.Near(0.8 * 0.1, explained.Concept);
        Check.Near(0, explained.Mix);
        Assert.True(explained.Segments[0].TellsCovariateFromConcept);
    }

    [Fact]
    public void An_estimate_takes_the_place_of_cells_and_its_error_is_counted()
    {
        var change = Rate("all", 1000, 100, 1000, 180);
        var known = ChangeDecomposition.Of([change with { UnderEarlierLaw = new CovariateEffect(0.06) }]);
        Check.Near(0.06, known.Covariate);
        Check.Near(0.02, known.Concept);
        var unsure = ChangeDecomposition.Of([
            change with
            {
                UnderEarlierLaw = new CovariateEffect(0.06, 0.05),
                UnderLaterLaw = new CovariateEffect(0.04, 0.05),
            },
        ]);
        Check.Near(0.05, unsure.Covariate);
        Check.Near(0.03, unsure.Concept);
        Check.Near(Math.Sqrt(0.05 * 0.05 + Math.Pow(known.Concept.StandardError!.Value, 2)), unsure.Concept.StandardError, 1e-3);
    }

    [Fact]
    public void Segments_that_appear_or_vanish_are_traffic()
    {
        var explained = ChangeDecomposition.Of([Rate("stays", 800, 80, 800, 80), Rate("gone", 200, 20, 0, 0), Rate("new", 0, 0, 200, 120)]);
        Check.Near(0.1, explained.Observed);
        Check.Near(0.1, explained.Mix);
        Check.Near(0, explained.Concept);
        Assert.Null(explained.Segments[2].MeanBefore);
        Assert.Null(explained.Segments[1].MeanAfter);
        Assert.Equal(0, explained.Segments[2].ShareBefore);
        Assert.True(explained.Segments[2].Mix.Lower > 0);
    }

    [Fact]
    public void Inputs_that_only_one_period_has_follow_the_others()
    {
        // Every shared cell gets worse by .1. The new cell is taken to have been .1 better before, so its arrival is covariate shift and
        // the rest concept change.
        var explained = ChangeDecomposition.Of([
            new SegmentChange("all", [Cell(500, 50, 250, 50), Cell(500, 100, 250, 75), Cell(0, 0, 500, 300)]),
        ]);
        Check.Near(0.1, explained.Concept);
        Check.Near(explained.Observed.Value!.Value - 0.1, explained.Covariate);
    }

    [Fact]
    public void Simpsons_paradox_is_called_by_name()
    {
        // Every segment improves, and the overall error rises since traffic moves to the hard one.
        var paradox = ChangeDecomposition.Of([Rate("easy", 9000, 450, 3000, 120), Rate("hard", 1000, 400, 7000, 2520)]);
        Assert.True(paradox.Observed.Value > 0);
        Assert.True(paradox.IsSimpsonsParadox);
        Assert.Equal(1, paradox.ShareMovedAgainst);

        // A crumb of traffic that moved with the overall does not hide it; a quarter of it does.
        Assert.True(
            ChangeDecomposition
                .Of([Rate("easy", 9000, 450, 3000, 120), Rate("hard", 1000, 400, 7000, 2520), Rate("crumb", 60, 6, 60, 9)])
                .IsSimpsonsParadox
        );
        Assert.False(
            ChangeDecomposition
                .Of([Rate("easy", 9000, 450, 3000, 120), Rate("hard", 1000, 400, 7000, 2520), Rate("worse", 4000, 400, 4000, 480)])
                .IsSimpsonsParadox
        );

        // The same shares in a hundredth of the rows prove nothing.
        Assert.False(ChangeDecomposition.Of([Rate("easy", 90, 5, 30, 1), Rate("hard", 10, 4, 70, 25)]).IsSimpsonsParadox);
        Assert.False(ChangeDecomposition.Of([Rate("easy", 9000, 450, 3000, 160), Rate("hard", 1000, 400, 7000, 3000)]).IsSimpsonsParadox);
    }

    [Fact]
    public void A_period_without_rows_has_no_change_and_an_unknown_spread_no_error()
    {
        var none = ChangeDecomposition.Of([Rate("a", 100, 10, 0, 0)]);
        Check.Insufficient(none.Observed);
        Check.Insufficient(none.Concept);
        Assert.Equal(0.1, none.Before);
        Assert.Null(none.After);
        Assert.Empty(none.Segments);

        var unknown = ChangeDecomposition.Of([new SegmentChange("a", OutcomeMoments.Of(100, 3, null), OutcomeMoments.Of(100, 4, 20))]);
        Check.Near(1, unknown.Observed);
        Assert.Null(unknown.Observed.StandardError);
        Assert.Null(unknown.Concept.Lower);
    }

    [Fact]
    public void Broken_arguments_are_named()
    {
        Assert.Throws<ArgumentException>(() => ChangeDecomposition.Of([]));
        Assert.Contains(
            "'a' occurs twice",
            Assert.Throws<ArgumentException>(() => ChangeDecomposition.Of([Rate("a", 1, 0, 1, 0), Rate("a", 1, 0, 1, 0)])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            ChangeDecomposition.Of([Rate("a", 1, 0, 1, 0) with { UnderLaterLaw = new CovariateEffect(double.NaN) }])
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeMoments.OfRate(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeMoments.Of(-1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeMoments.Of(1, double.NaN, 0));
        Assert.Throws<ArgumentException>(() => OutcomeMoments.OfRows([1, double.NaN]));
    }

    [Fact]
    public void Outcomes_merge_as_if_counted_together()
    {
        double[] rows = [3, 1, 4, 1, 5, 9, 2, 6];
        var merged = OutcomeMoments.OfRows(rows.AsSpan(0, 3)).Add(OutcomeMoments.OfRows(rows.AsSpan(3))).Add(OutcomeMoments.None);
        var direct = OutcomeMoments.OfRows(rows);
        var sums = OutcomeMoments.OfSums(8, rows.Sum(), rows.Sum(v => v * v));
        Check.Near(direct.Mean, merged.Mean);
        Check.Near(direct.Squares!.Value, merged.Squares);
        Check.Near(direct.Squares!.Value, sums.Squares);
    }

    private static SegmentChange Rate(string name, double before, double errorsBefore, double after, double errorsAfter) =>
        new(name, OutcomeMoments.OfRate(before, errorsBefore), OutcomeMoments.OfRate(after, errorsAfter));

    private static CellChange Cell(double before, double errorsBefore, double after, double errorsAfter) =>
        new(OutcomeMoments.OfRate(before, errorsBefore), OutcomeMoments.OfRate(after, errorsAfter));
}

using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Decomposition;

namespace Plumbline.Statistics.Tests.Decomposition;

public sealed class ChangeProperties
{
    private static readonly Gen<OutcomeMoments> Outcomes = Gen.Frequency(
        (1, Gen.Constant(OutcomeMoments.None)),
        (3, from rows in Gen.Choose(1, 60) from ones in Gen.Choose(0, rows) select OutcomeMoments.OfRate(rows, ones)),
        (
            2,
            from rows in Gen.Choose(1, 60)
            from mean in Gen.Choose(-4000, 4000)
            from squares in Gen.Choose(0, 900)
            select OutcomeMoments.Of(rows, mean / 16.0, squares)
        )
    );

    private static readonly Gen<CovariateEffect?> Effects = Gen.Frequency(
        (3, Gen.Constant((CovariateEffect?)null)),
        (
            1,
            from difference in Gen.Choose(-50, 50)
            from error in Gen.Choose(0, 9)
            select (CovariateEffect?)new CovariateEffect(difference / 32.0, error / 64.0)
        )
    );

    private static readonly Arbitrary<SegmentChange[]> Changes = (
        from count in Gen.Choose(1, 6)
        from segments in (
            from cells in Gen.Choose(0, 5)
            from rows in (from before in Outcomes from after in Outcomes select new CellChange(before, after)).ArrayOf(Math.Max(1, cells))
            from earlier in Effects
            from later in Effects
            select (cells, rows, earlier, later)
        ).ArrayOf(count)
        let changes = segments
            .Select(
                (s, i) =>
                    (s.cells == 0 ? new SegmentChange($"s{i}", s.rows[0].Before, s.rows[0].After) : new SegmentChange($"s{i}", s.rows)) with
                    {
                        UnderEarlierLaw = s.earlier,
                        UnderLaterLaw = s.later,
                    }
            )
            .ToArray()
        where changes.Any(c => c.Before.Rows > 0) && changes.Any(c => c.After.Rows > 0)
        select changes
    ).ToArbitrary();

    [Fact]
    public void Parts_add_up_to_what_was_observed() =>
        Prop.ForAll(
                Changes,
                changes =>
                {
                    var explained = ChangeDecomposition.Of(changes);
                    var before = Mean(changes.Select(c => c.Before));
                    var after = Mean(changes.Select(c => c.After));
                    return Near(after - before, explained.Observed)
                        && Math.Abs(
                            explained.Mix.Value!.Value
                                + explained.Covariate.Value!.Value
                                + explained.Concept.Value!.Value
                                - (after - before)
                        ) < 1e-9
                        && Math.Abs(explained.Segments.Sum(s => s.Total) - (after - before)) < 1e-9
                        && Near(explained.Segments.Sum(s => s.Mix.Value!.Value), explained.Mix)
                        && Near(explained.Segments.Sum(s => s.Covariate.Value!.Value), explained.Covariate)
                        && Near(explained.Segments.Sum(s => s.Concept.Value!.Value), explained.Concept);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Exchanging_the_periods_only_changes_signs() =>
        Prop.ForAll(
                Changes,
                changes =>
                {
                    var forward = ChangeDecomposition.Of(changes);
                    var backward = ChangeDecomposition.Of([.. changes.Select(c => c.Reverse())]);
                    return forward.IsSimpsonsParadox == backward.IsSimpsonsParadox
                        && Opposite(forward.Observed, backward.Observed)
                        && Opposite(forward.Mix, backward.Mix)
                        && Opposite(forward.Covariate, backward.Covariate)
                        && Opposite(forward.Concept, backward.Concept)
                        && forward
                            .Segments.Zip(backward.Segments)
                            .All(pair =>
                                Opposite(pair.First.Mix, pair.Second.Mix)
                                && Opposite(pair.First.Covariate, pair.Second.Covariate)
                                && Opposite(pair.First.Concept, pair.Second.Concept)
                            );
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_segments_and_cells_does_not_matter() =>
        Prop.ForAll(
                Changes,
                changes =>
                {
                    var one = ChangeDecomposition.Of(changes);
                    var other = ChangeDecomposition.Of([.. changes.Reverse().Select(Backwards)]);
                    return Same(one.Mix, other.Mix)
                        && Same(one.Covariate, other.Covariate)
                        && Same(one.Concept, other.Concept)
                        && one.Segments.All(s => Same(s.Concept, other.Segments.Single(o => o.Segment == s.Segment).Concept));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_changed_means_nothing_everywhere() =>
        Prop.ForAll(
                Changes,
                changes =>
                {
                    SegmentChange[] still =
                    [
                        .. changes.Select(c =>
                            c.Cells.Count > 0
                                ? new SegmentChange(c.Segment, [.. c.Cells.Select(cell => cell with { After = cell.Before })])
                                : new SegmentChange(c.Segment, c.Before, c.Before)
                        ),
                    ];
                    if (still.All(c => c.Before.Rows == 0))
                        return true;
                    var explained = ChangeDecomposition.Of(still);
                    return explained is { Largest: ChangeCause.None, IsSimpsonsParadox: false }
                        && explained.Observed.Value == 0
                        && explained.Segments.All(s => s.Total == 0);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_mix_does_not_depend_on_what_is_known_of_the_inputs() =>
        Prop.ForAll(
                Changes,
                changes =>
                    Same(
                        ChangeDecomposition.Of(changes).Mix,
                        ChangeDecomposition.Of([.. changes.Select(c => new SegmentChange(c.Segment, c.Before, c.After))]).Mix,
                        errors: false
                    )
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_shift_of_all_outcomes_leaves_every_part_as_it_was() =>
        Prop.ForAll(
                Changes,
                changes =>
                {
                    SegmentChange[] raised =
                    [
                        .. changes.Select(c =>
                            (
                                c.Cells.Count > 0
                                    ? new SegmentChange(
                                        c.Segment,
                                        [.. c.Cells.Select(cell => new CellChange(Raise(cell.Before), Raise(cell.After)))]
                                    )
                                    : new SegmentChange(c.Segment, Raise(c.Before), Raise(c.After))
                            ) with
                            {
                                UnderEarlierLaw = c.UnderEarlierLaw,
                                UnderLaterLaw = c.UnderLaterLaw,
                            }
                        ),
                    ];
                    var (one, other) = (ChangeDecomposition.Of(changes), ChangeDecomposition.Of(raised));
                    return Same(one.Mix, other.Mix)
                        && Same(one.Covariate, other.Covariate)
                        && Same(one.Concept, other.Concept)
                        && one.Segments.Zip(other.Segments).All(pair => Same(pair.First.Mix, pair.Second.Mix));
                }
            )
            .QuickCheckThrowOnFailure();

    private static OutcomeMoments Raise(OutcomeMoments outcomes) => OutcomeMoments.Of(outcomes.Rows, outcomes.Mean + 7, outcomes.Squares);

    private static SegmentChange Backwards(SegmentChange change) =>
        change.Cells.Count == 0
            ? change
            : new SegmentChange(change.Segment, [.. change.Cells.Reverse()]) with
            {
                UnderEarlierLaw = change.UnderEarlierLaw,
                UnderLaterLaw = change.UnderLaterLaw,
            };

    private static double Mean(IEnumerable<OutcomeMoments> groups)
    {
        var all = groups.ToArray();
        return all.Sum(g => g.Rows * g.Mean) / all.Sum(g => g.Rows);
    }

    private static bool Near(double expected, Estimate actual) => Math.Abs(expected - actual.Value!.Value) < 1e-9;

    private static bool Opposite(Estimate a, Estimate b) => Math.Abs(a.Value!.Value + b.Value!.Value) < 1e-9 && SameError(a, b);

    private static bool Same(Estimate a, Estimate b, bool errors = true) =>
        Math.Abs(a.Value!.Value - b.Value!.Value) < 1e-9 && (!errors || SameError(a, b));

    private static bool SameError(Estimate a, Estimate b) =>
        a.StandardError is null == b.StandardError is null
        && Math.Abs(a.StandardError.GetValueOrDefault() - b.StandardError.GetValueOrDefault())
            < 1e-6 * (1 + a.StandardError.GetValueOrDefault());
}

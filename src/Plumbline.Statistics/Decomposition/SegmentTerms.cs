namespace Plumbline.Statistics.Decomposition;

/// <summary>A cell inside its segment: shares of the segment's rows and means in both periods, those that no row shows filled in.</summary>
internal readonly record struct CellTerms(CellChange Rows, double ShareBefore, double ShareAfter, double MeanBefore, double MeanAfter)
{
    public bool IsShared => Rows.Before.Rows > 0 && Rows.After.Rows > 0;

    public double MiddleMean => 0.5 * (MeanBefore + MeanAfter);

    /// <summary>What holds of one period: 0 before, 1 after.</summary>
    public (double Share, double Mean, OutcomeMoments Rows) In(int period) =>
        period == 0 ? (ShareBefore, MeanBefore, Rows.Before) : (ShareAfter, MeanAfter, Rows.After);
}

/// <summary>One segment with its weights, and its change of mean split into the effect of inputs and the rest.</summary>
internal sealed class SegmentTerms
{
    public SegmentTerms(SegmentChange change, double rowsBefore, double rowsAfter)
    {
        Change = change;
        WeightBefore = change.Before.Rows / rowsBefore;
        WeightAfter = change.After.Rows / rowsAfter;
        // A segment that is in one period only has no change within: all it does is traffic.
        MeanBefore = change.Before.Rows > 0 ? change.Before.Mean : change.After.Mean;
        MeanAfter = change.After.Rows > 0 ? change.After.Mean : change.Before.Mean;
        Effect = EffectOf(change);
        Cells = IsShared && Effect is null && change.Cells.Count > 0 ? Resolve(change) : [Whole(change)];
        if (!IsShared)
            return;
        WithinCovariate = Effect?.Difference ?? Cells.Sum(cell => (cell.ShareAfter - cell.ShareBefore) * cell.MiddleMean);
        // The rest by difference: it equals the mean change over the cells, and so nothing is lost by rounding.
        WithinConcept = MeanAfter - MeanBefore - WithinCovariate;
    }

    public SegmentChange Change { get; }

    public double WeightBefore { get; }

    public double WeightAfter { get; }

    public double MeanBefore { get; }

    public double MeanAfter { get; }

    /// <summary>The cells of inputs; one for all rows when there are none or an estimate takes their place.</summary>
    public CellTerms[] Cells { get; }

    public CovariateEffect? Effect { get; }

    public double WithinCovariate { get; }

    public double WithinConcept { get; }

    public bool IsShared => Change.Before.Rows > 0 && Change.After.Rows > 0;

    public bool TellsCovariateFromConcept => !IsShared || Effect is not null || Change.Cells.Count > 0;

    public double MiddleWeight => 0.5 * (WeightBefore + WeightAfter);

    public double WeightChange => WeightAfter - WeightBefore;

    public double MiddleMean => 0.5 * (MeanBefore + MeanAfter);

    /// <summary>What holds of one period: 0 before, 1 after.</summary>
    public (double Weight, double Mean) In(int period) => period == 0 ? (WeightBefore, MeanBefore) : (WeightAfter, MeanAfter);

    private static CovariateEffect? EffectOf(SegmentChange change) =>
        (change.UnderEarlierLaw, change.UnderLaterLaw) switch
        {
            ({ } earlier, { } later) => new CovariateEffect(
                0.5 * (earlier.Difference + later.Difference),
                0.5 * (earlier.StandardError + later.StandardError)
            ),
            var (earlier, later) => earlier ?? later,
        };

    private static CellTerms Whole(SegmentChange change) =>
        new(
            new CellChange(change.Before, change.After),
            change.Before.Rows > 0 ? 1 : 0,
            change.After.Rows > 0 ? 1 : 0,
            change.Before.Rows > 0 ? change.Before.Mean : change.After.Mean,
            change.After.Rows > 0 ? change.After.Mean : change.Before.Mean
        );

    // Inputs that only one period has cannot show what the other's law makes of them. They are taken to change as the inputs that both have
    // do on average
    // (weighted by how well each cell's change is known), so that a sparse grid of cells does not turn concept change into covariate shift.
    private static CellTerms[] Resolve(SegmentChange change)
    {
        double sum = 0,
            weights = 0;
        foreach (var (before, after) in change.Cells)
        {
            if (before.Rows == 0 || after.Rows == 0)
                continue;
            var weight = before.Rows * after.Rows / (before.Rows + after.Rows);
            sum += weight * (after.Mean - before.Mean);
            weights += weight;
        }

        var typical = weights > 0 ? sum / weights : 0;
        return
        [
            .. from cell in change.Cells
            let before = cell.Before
            let after = cell.After
            where before.Rows + after.Rows > 0
            select new CellTerms(
                cell,
                before.Rows / change.Before.Rows,
                after.Rows / change.After.Rows,
                before.Rows > 0 ? before.Mean : after.Mean - typical,
                after.Rows > 0 ? after.Mean : before.Mean + typical
            ),
        ];
    }
}

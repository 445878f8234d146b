namespace Plumbline.Statistics.Decomposition;

/// <summary>
/// Standard errors of the parts of one segment by the delta method: rows are independent draws of their period, so shares and means both
/// vary. What a <see cref="CovariateEffect"/> says of its own error is added, as independent of the outcomes.
/// </summary>
internal sealed class ContributionErrors
{
    private readonly PartVariance[] _mix = new PartVariance[2];
    private readonly PartVariance[] _covariate = new PartVariance[2];
    private readonly PartVariance[] _concept = new PartVariance[2];
    private readonly double[] _ownMix = new double[2];

    public ContributionErrors(SegmentTerms segment, PeriodSpread before, PeriodSpread after)
    {
        Estimated = segment.Effect is { } effect && segment.IsShared ? Math.Pow(segment.MiddleWeight * effect.StandardError, 2) : 0;
        AddPeriod(segment, before, 0);
        AddPeriod(segment, after, 1);
        var middle = 0.5 * (before.Mean + after.Mean);
        _ownMix[0] = OwnMix(segment, before, segment.Change.Before, segment.WeightBefore, -1, middle);
        _ownMix[1] = OwnMix(segment, after, segment.Change.After, segment.WeightAfter, 1, middle);
    }

    /// <summary>Variance that the estimate of the effect of inputs brings.</summary>
    public double Estimated { get; }

    /// <summary>Variance of the segment's own mix, covariate and concept part.</summary>
    public (double Mix, double Covariate, double Concept) Own(PeriodSpread before, PeriodSpread after) =>
        (
            _ownMix[0] / before.Rows + _ownMix[1] / after.Rows,
            _covariate[0].Over(before.Rows) + _covariate[1].Over(after.Rows) + Estimated,
            _concept[0].Over(before.Rows) + _concept[1].Over(after.Rows) + Estimated
        );

    /// <summary>The same of the parts' totals over all segments, which are less uncertain than their sum: shares add up to one.</summary>
    public static (double Mix, double Covariate, double Concept) Total(
        IEnumerable<ContributionErrors> all,
        PeriodSpread before,
        PeriodSpread after
    )
    {
        PartVariance[] mix = new PartVariance[2],
            covariate = new PartVariance[2],
            concept = new PartVariance[2];
        var estimated = 0.0;
        foreach (var one in all)
        {
            estimated += one.Estimated;
            for (var t = 0; t < 2; t++)
            {
                mix[t].Add(one._mix[t]);
                covariate[t].Add(one._covariate[t]);
                concept[t].Add(one._concept[t]);
            }
        }

        return (
            mix[0].Over(before.Rows) + mix[1].Over(after.Rows),
            covariate[0].Over(before.Rows) + covariate[1].Over(after.Rows) + estimated,
            concept[0].Over(before.Rows) + concept[1].Over(after.Rows) + estimated
        );
    }

    private void AddPeriod(SegmentTerms segment, PeriodSpread period, int t)
    {
        var (weight, mean) = segment.In(t);
        if (weight == 0)
            return;
        var sign = t == 0 ? -1 : 1;
        var pull = segment.WeightChange * (segment.IsShared ? 0.5 : 1) / weight;
        var perRow = segment.MiddleWeight / weight;
        var isWhole = segment.Cells.Length == 1;
        var (inputs, outcomes) = (0.0, 0.0);
        foreach (var cell in segment.Cells)
        {
            var own = cell.In(t).Share;
            inputs += own * cell.MiddleMean;
            outcomes += own * (cell.MeanAfter - cell.MeanBefore);
        }

        foreach (var cell in segment.Cells)
        {
            var (own, cellMean, rows) = cell.In(t);
            if (own == 0)
                continue;
            var variance = period.VarianceOf(rows);
            var share = weight * own;
            _mix[t].Add(share, sign * segment.MiddleMean + pull * (cellMean - mean), pull, variance);
            if (!segment.IsShared)
                continue;
            var shift = isWhole ? 0 : (cell.ShareAfter - cell.ShareBefore) / own;
            _covariate[t]
                .Add(
                    share,
                    0.5 * segment.WithinCovariate + sign * perRow * (cell.MiddleMean - inputs),
                    perRow * shift * (cell.IsShared ? 0.5 : 1),
                    variance
                );
            var middleShare = isWhole ? 1 : 0.5 * (cell.ShareBefore + cell.ShareAfter) / own;
            var drop = cell.IsShared ? sign * perRow * middleShare : 0;
            _concept[t]
                .Add(share, 0.5 * segment.WithinConcept + 0.5 * perRow * (cell.MeanAfter - cell.MeanBefore - outcomes), drop, variance);
        }
    }

    // The segment's own mix part also moves with the overall mean, and so with every row of the period.
    private static double OwnMix(SegmentTerms segment, PeriodSpread period, OutcomeMoments rows, double weight, int sign, double middle)
    {
        var level = sign * (segment.MiddleMean - middle);
        var common = -0.5 * segment.WeightChange;
        var spread = common * common * period.Variance;
        if (weight == 0)
            return spread;
        var slope = segment.WeightChange * (segment.IsShared ? 0.5 : 1) / weight;
        var variance = period.VarianceOf(rows);
        var own = weight * (1 - weight) * level * level + weight * slope * slope * variance;
        var both = common * weight * (level * (rows.Mean - period.Mean) + slope * variance);
        return Math.Max(0, own + spread + 2 * both);
    }
}

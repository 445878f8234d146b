namespace Plumbline.Statistics.Decomposition;

/// <summary>The rows of one cell of inputs (a bin of the score, a leaf, a combination of binned features) in the two periods.</summary>
/// <param name="Before">Outcomes of the first period; <see cref="OutcomeMoments.None"/> when the cell appeared.</param>
/// <param name="After">Outcomes of the second period; <see cref="OutcomeMoments.None"/> when the cell vanished.</param>
public readonly record struct CellChange(OutcomeMoments Before, OutcomeMoments After);

/// <summary>
/// How much the mean outcome of a segment is expected to change because its inputs changed, P(outcome | inputs) staying as it was in one of
/// the periods: the mean expected outcome of the second period's rows minus that of the first's, both by the same law (CBPE, importance
/// weighting, an estimator of the loss). Take the difference of two estimates rather than one estimate minus what was realised, so that a
/// bias of the estimator cancels.
/// </summary>
/// <param name="Difference">Expected change of the mean outcome; finite, in the outcome's unit.</param>
/// <param name="StandardError">Standard error of the difference, at least 0; 0 when it is to be taken as known.</param>
public readonly record struct CovariateEffect(double Difference, double StandardError = 0);

/// <summary>
/// One segment in two periods (or two versions). With <see cref="Cells"/> or a <see cref="CovariateEffect"/> its change is split into
/// covariate shift and concept change; without either, nothing tells the two apart and the change within the segment counts as concept
/// change.
/// </summary>
public sealed record SegmentChange
{
    /// <summary>A segment known by its totals.</summary>
    /// <param name="segment">Name of the segment, unique among those of one decomposition.</param>
    public SegmentChange(string segment, OutcomeMoments before, OutcomeMoments after)
    {
        ArgumentNullException.ThrowIfNull(segment);
        (Segment, Before, After, Cells) = (segment, before, after, []);
    }

    /// <summary>A segment known by cells of inputs, whose sums are its totals.</summary>
    public SegmentChange(string segment, IReadOnlyList<CellChange> cells)
    {
        ArgumentNullException.ThrowIfNull(segment);
        ArgumentNullException.ThrowIfNull(cells);
        (Segment, Cells) = (segment, cells);
        Before = cells.Aggregate(OutcomeMoments.None, (sum, cell) => sum.Add(cell.Before));
        After = cells.Aggregate(OutcomeMoments.None, (sum, cell) => sum.Add(cell.After));
    }

    /// <summary>Name of the segment.</summary>
    public string Segment { get; }

    /// <summary>All its rows of the first period.</summary>
    public OutcomeMoments Before { get; }

    /// <summary>All its rows of the second period.</summary>
    public OutcomeMoments After { get; }

    /// <summary>The same rows by cell of inputs; empty when only totals are known.</summary>
    public IReadOnlyList<CellChange> Cells { get; }

    /// <summary>Expected effect of the changed inputs by the first period's law; takes precedence over <see cref="Cells"/>.</summary>
    public CovariateEffect? UnderEarlierLaw { get; init; }

    /// <summary>The same by the second period's law. When both are given, their mean counts.</summary>
    public CovariateEffect? UnderLaterLaw { get; init; }

    /// <summary>The same segment with the periods exchanged.</summary>
    public SegmentChange Reverse()
    {
        var reversed =
            Cells.Count > 0
                ? new SegmentChange(Segment, [.. Cells.Select(cell => new CellChange(cell.After, cell.Before))])
                : new SegmentChange(Segment, After, Before);
        return reversed with { UnderEarlierLaw = Negate(UnderLaterLaw), UnderLaterLaw = Negate(UnderEarlierLaw) };
    }

    private static CovariateEffect? Negate(CovariateEffect? effect) =>
        effect is { } known ? known with { Difference = -known.Difference } : null;
}

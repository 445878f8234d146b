namespace Plumbline.Statistics.Decomposition;

/// <summary>Why a mean outcome changed.</summary>
public enum ChangeCause
{
    /// <summary>Nothing changed.</summary>
    None = 0,

    /// <summary>Traffic moved between segments.</summary>
    TrafficMix = 1,

    /// <summary>Within segments the inputs changed, towards ones that are harder or easier.</summary>
    CovariateShift = 2,

    /// <summary>The same inputs have other outcomes.</summary>
    ConceptChange = 3,
}

/// <summary>
/// What one segment adds to the change. Its three parts add up to <see cref="Total"/>, and the totals of all segments to the observed
/// change.
/// </summary>
public sealed record SegmentContribution
{
    /// <summary>Name of the segment.</summary>
    public required string Segment { get; init; }

    /// <summary>Its share of all rows in the first period, 0 .. 1; 0 when it appeared.</summary>
    public required double ShareBefore { get; init; }

    /// <summary>Its share of all rows in the second period, 0 .. 1; 0 when it vanished.</summary>
    public required double ShareAfter { get; init; }

    /// <summary>Its mean outcome in the first period; null without rows.</summary>
    public required double? MeanBefore { get; init; }

    /// <summary>Its mean outcome in the second period; null without rows.</summary>
    public required double? MeanAfter { get; init; }

    /// <summary>
    /// Effect of its traffic: (change of share) x (its mean outcome minus the overall one, both averaged over the periods). Growing while
    /// worse than the rest is positive.
    /// </summary>
    public required Estimate Mix { get; init; }

    /// <summary>Effect of its changed inputs.</summary>
    public required Estimate Covariate { get; init; }

    /// <summary>Effect of other outcomes of the same inputs.</summary>
    public required Estimate Concept { get; init; }

    /// <summary>
    /// Whether its inputs were known well enough to tell covariate shift from concept change; if not, <see cref="Concept"/> holds both.
    /// </summary>
    public required bool TellsCovariateFromConcept { get; init; }

    /// <summary>Sum of the three parts.</summary>
    public double Total => Mix.Value.GetValueOrDefault() + Covariate.Value.GetValueOrDefault() + Concept.Value.GetValueOrDefault();
}

/// <summary>An observed change of a mean outcome, split without remainder.</summary>
public sealed record ChangeExplanation
{
    /// <summary>Overall mean outcome of the first period; null without rows.</summary>
    public required double? Before { get; init; }

    /// <summary>Overall mean outcome of the second period; null without rows.</summary>
    public required double? After { get; init; }

    /// <summary>
    /// After minus before; <see cref="EstimateStatus.InsufficientData"/> when a period has no rows, and then the parts are too.
    /// </summary>
    public required Estimate Observed { get; init; }

    /// <summary>The part due to traffic between segments.</summary>
    public required Estimate Mix { get; init; }

    /// <summary>The part due to other inputs within segments.</summary>
    public required Estimate Covariate { get; init; }

    /// <summary>The part due to other outcomes of the same inputs.</summary>
    public required Estimate Concept { get; init; }

    /// <summary>The segments in the order in which they were given; empty when a period has no rows.</summary>
    public required IReadOnlyList<SegmentContribution> Segments { get; init; }

    /// <summary>
    /// Of the traffic (averaged over the periods) of the segments that both periods have, the share that is in segments whose own mean
    /// moved against the overall one, 0 .. 1. Null when the overall mean did not move or no segment is in both periods.
    /// </summary>
    public required double? ShareMovedAgainst { get; init; }

    /// <summary>
    /// Simpson's paradox: the overall mean moved one way while the segments moved the other. Precisely: <see cref="ShareMovedAgainst"/> is
    /// at least <see cref="ChangeDecomposition.SimpsonShare"/> (nine tenths: a tiny segment's noise must not hide it), the change within
    /// segments (covariate shift plus concept change) has the opposite sign to the observed one, and neither is within its 95 % interval of
    /// nothing, where intervals are known.
    /// </summary>
    public required bool IsSimpsonsParadox { get; init; }

    /// <summary>The part of largest size, whichever its sign; <see cref="ChangeCause.None"/> when all are 0.</summary>
    public ChangeCause Largest
    {
        get
        {
            var (mix, covariate, concept) = (Size(Mix), Size(Covariate), Size(Concept));
            var largest = Math.Max(mix, Math.Max(covariate, concept));
            if (largest == 0)
                return ChangeCause.None;
            if (largest == mix)
                return ChangeCause.TrafficMix;
            return largest == covariate ? ChangeCause.CovariateShift : ChangeCause.ConceptChange;
        }
    }

    private static double Size(Estimate part) => Math.Abs(part.Value.GetValueOrDefault());
}

using Plumbline.Statistics;
using Plumbline.Statistics.Decomposition;

namespace Plumbline.Monitoring.Segments;

/// <summary>A part of a change with its 95 % interval.</summary>
public sealed record ChangePart(double? Value, double? Lower, double? Upper)
{
    internal static ChangePart Of(Estimate estimate) => new(estimate.Value, estimate.Lower, estimate.Upper);
}

/// <summary>What one segment adds to a change.</summary>
public sealed record ChangeLine(
    string Segment,
    double ShareBefore,
    double ShareAfter,
    double? MeanBefore,
    double? MeanAfter,
    ChangePart Mix,
    ChangePart Covariate,
    ChangePart Concept,
    double Total
);

/// <summary>A change taken apart, as the API answers it.</summary>
/// <param name="Largest">traffic_mix, covariate_shift, concept_change or none.</param>
/// <param name="Words">The same in a sentence.</param>
public sealed record ChangeView(
    double? Before,
    double? After,
    ChangePart Observed,
    ChangePart Mix,
    ChangePart Covariate,
    ChangePart Concept,
    string Largest,
    bool IsSimpsonsParadox,
    string Words,
    IReadOnlyList<ChangeLine> Segments
)
{
    public static ChangeView Of(ChangeExplanation change) =>
        new(
            change.Before,
            change.After,
            ChangePart.Of(change.Observed),
            ChangePart.Of(change.Mix),
            ChangePart.Of(change.Covariate),
            ChangePart.Of(change.Concept),
            Name(change.Largest),
            change.IsSimpsonsParadox,
            WordsOf(change),
            [
                .. change
                    .Segments.OrderByDescending(segment => Math.Abs(segment.Total))
                    .Select(segment => new ChangeLine(
                        segment.Segment,
                        segment.ShareBefore,
                        segment.ShareAfter,
                        segment.MeanBefore,
                        segment.MeanAfter,
                        ChangePart.Of(segment.Mix),
                        ChangePart.Of(segment.Covariate),
                        ChangePart.Of(segment.Concept),
                        segment.Total
                    )),
            ]
        );

    private static string WordsOf(ChangeExplanation change)
    {
        if (change.Observed.Value is null)
            return "One of the two sides has no outcomes to compare.";
        if (change.IsSimpsonsParadox)
        {
            return "Simpson's paradox: nearly every segment moved the other way than the whole. Traffic that moved between segments "
                + "made the change, not the model.";
        }
        return change.Largest switch
        {
            ChangeCause.TrafficMix => "Mostly traffic mix: other segments send the requests; within segments less has changed.",
            ChangeCause.CovariateShift => "Mostly other inputs: within segments the model is asked harder or easier questions.",
            ChangeCause.ConceptChange => "Mostly concept change: the same answers of the model have other outcomes than before.",
            _ => "Nothing changed.",
        };
    }

    private static string Name(ChangeCause cause) =>
        cause switch
        {
            ChangeCause.TrafficMix => "traffic_mix",
            ChangeCause.CovariateShift => "covariate_shift",
            ChangeCause.ConceptChange => "concept_change",
            _ => "none",
        };
}

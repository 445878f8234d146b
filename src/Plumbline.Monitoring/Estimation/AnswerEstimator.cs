using Plumbline.Monitoring.Performance;
using Plumbline.Statistics;
using Plumbline.Statistics.Estimation;

namespace Plumbline.Monitoring.Estimation;

/// <summary>One metric of some rows: the last part of its name (<c>accuracy</c>, <c>roc_auc</c>) and its value.</summary>
public readonly record struct NamedEstimate(string Name, Estimate Value);

/// <summary>
/// What the labelled reference of a classifier says about rows without ground truth. Three kinds: by the score of a binary model, by the
/// probabilities of several classes, and by the confidence of the answered class alone. Immutable and safe for concurrent use.
/// </summary>
public abstract class AnswerEstimator
{
    /// <summary>Metrics that it estimates, in the order of <see cref="Estimate"/>.</summary>
    public abstract IReadOnlyList<string> Metrics { get; }

    /// <summary>True when it looks at the probabilities of all classes.</summary>
    public virtual bool NeedsProbabilities => false;

    /// <summary>True when the row has what the estimate needs.</summary>
    public abstract bool Takes(LabelledGroup group);

    /// <summary>True when the reference had no row near: beyond the smallest or the largest score that it was calibrated on.</summary>
    public abstract bool IsOutside(LabelledGroup group);

    /// <summary>Estimates over rows that it takes.</summary>
    public abstract IReadOnlyList<NamedEstimate> Estimate(IReadOnlyList<LabelledGroup> groups);

    /// <summary>
    /// How probable each class is to be the ground truth of a row that it takes, adding up to 1; null when it cannot tell the classes
    /// apart.
    /// </summary>
    public virtual IReadOnlyList<KeyValuePair<string, double>>? GroundTruths(LabelledGroup group) => null;

    /// <summary>The main metrics as they turned out over labelled rows that it takes: what estimates are measured by.</summary>
    public abstract IReadOnlyList<NamedEstimate> Realised(IReadOnlyList<LabelledGroup> labelled);

    /// <summary>Right answers divided by all.</summary>
    protected static NamedEstimate RealisedAccuracy(IReadOnlyList<LabelledGroup> labelled)
    {
        long right = 0,
            rows = 0;
        foreach (var group in labelled)
        {
            rows += group.Count;
            if (group.Prediction == group.GroundTruth)
                right += group.Count;
        }

        return new(
            "accuracy",
            rows == 0 ? Statistics.Estimate.Insufficient(0, null, "no rows") : Statistics.Estimate.Of(right / (double)rows, rows)
        );
    }

    /// <summary>Names and values of the five metrics that every classifier has.</summary>
    protected static IReadOnlyList<NamedEstimate> Named(
        EstimatedMetric accuracy,
        EstimatedMetric precision,
        EstimatedMetric recall,
        EstimatedMetric f1,
        EstimatedMetric rocAuc
    ) =>
        [
            new("accuracy", accuracy.Estimate),
            new("precision", precision.Estimate),
            new("recall", recall.Estimate),
            new("f1", f1.Estimate),
            new("roc_auc", rocAuc.Estimate),
        ];
}

namespace Plumbline.Monitoring.Estimation;

/// <summary>Why nothing can be estimated for a model.</summary>
public enum EstimatorGap
{
    /// <summary>It has no reference yet.</summary>
    NoReference,

    /// <summary>None of the reference's rows has ground truth.</summary>
    NoGroundTruth,

    /// <summary>Fewer rows with ground truth than <see cref="EstimatorCatalog.LeastRows"/>.</summary>
    TooFewRows,

    /// <summary>The reference's rows have no score (classes), or no prediction (regression).</summary>
    NoScores,

    /// <summary>The reference's ground truth has one outcome only: nothing can be said about the other.</summary>
    OneClass,
}

/// <summary>What the labelled reference of a model offers. Exactly one of the estimators and the gap is there.</summary>
public sealed record ModelEstimator
{
    /// <summary>For classifiers.</summary>
    public AnswerEstimator? Answers { get; init; }

    /// <summary>For regression.</summary>
    public LossEstimator? Losses { get; init; }

    /// <summary>Why there is none.</summary>
    public EstimatorGap? Gap { get; init; }

    /// <summary>Rows of the reference with ground truth that were found.</summary>
    public long LabelledRows { get; init; }
}

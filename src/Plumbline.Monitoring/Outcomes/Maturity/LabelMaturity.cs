using Plumbline.Statistics.Survival;

namespace Plumbline.Monitoring.Outcomes.Maturity;

/// <summary>How ground truth comes in, learned from when it came.</summary>
public sealed record LabelMaturity
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Predictions of the range.</summary>
    public required long Predictions { get; init; }

    /// <summary>Those with ground truth by now.</summary>
    public required long Labelled { get; init; }

    /// <summary>Share of predictions that have ground truth, by age in hours; empty before any came.</summary>
    public required IReadOnlyList<AgePoint> Coverage { get; init; }

    /// <summary>Share that ever gets ground truth, as far as can be seen.</summary>
    public double? Eventually => Coverage.Count == 0 ? null : Coverage[^1].Share;

    /// <summary>Age at which half of the ground truth that comes has come; null when that is not known.</summary>
    public TimeSpan? Median => AgeAt(0.5);

    /// <summary>Age at which a window is mature: 95 % of the ground truth that comes has come. Null when too little is known.</summary>
    public TimeSpan? MatureAge => Labelled < LabelMaturityReader.FewestLabels ? null : AgeAt(LabelMaturityReader.MatureShare);

    /// <summary>Ways in which predictions with ground truth differ from those without it among mature ones, the largest first.</summary>
    public required IReadOnlyList<SelectiveLabels> Selective { get; init; }

    private TimeSpan? AgeAt(double share)
    {
        if (Eventually is not > 0)
            return null;
        var point = Coverage.First(point => point.Share >= share * Eventually.Value);
        return TimeSpan.FromHours(point.Age);
    }
}

/// <summary>Labelled rows are not like the others: performance is measured on another population than the one that is served.</summary>
/// <param name="By">What differs: a segment dimension, "prediction" or "score".</param>
/// <param name="TotalVariation">Half the sum of the differences of shares, 0..1.</param>
/// <param name="PValue">Chi-square of labelled against unlabelled.</param>
/// <param name="Most">The value whose share differs most.</param>
/// <param name="LabelledShare">Its share of labelled rows.</param>
/// <param name="UnlabelledShare">Its share of rows without ground truth.</param>
public sealed record SelectiveLabels(
    string By,
    double TotalVariation,
    double? PValue,
    string Most,
    double LabelledShare,
    double UnlabelledShare
);

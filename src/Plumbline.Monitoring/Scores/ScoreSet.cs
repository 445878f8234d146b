namespace Plumbline.Monitoring.Scores;

/// <summary>The scores that a model's predictions of a stretch of time have now.</summary>
/// <param name="Scores">Those that can be had.</param>
/// <param name="Gaps">Why the others cannot, by kind, in words.</param>
/// <param name="Fit">What they were fitted on.</param>
public sealed record ScoreSet(IReadOnlyList<PredictionScore> Scores, IReadOnlyDictionary<ScoreKind, string> Gaps, ScoreFit Fit)
{
    /// <summary>
    /// Expression, at least 0: how much of the loss that known cold spots explain a prediction stands for; the sum over the predictions of
    /// a spot goes with the loss that the spot explains.
    /// </summary>
    public string ColdSpotWeight { get; init; } = "toFloat64(0)";

    /// <summary>The score of a kind; null when it cannot be had.</summary>
    public PredictionScore? Find(ScoreKind kind) => Scores.FirstOrDefault(score => score.Kind == kind);

    /// <summary>The expression of a score; that of "none" where it cannot be had.</summary>
    public string SqlOf(ScoreKind kind) => Find(kind)?.Sql ?? "toFloat64(nan)";
}

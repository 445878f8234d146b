using Plumbline.Monitoring.Scores;

namespace Plumbline.Review.Drawing;

/// <summary>A prediction that was drawn.</summary>
/// <param name="PredictionId">Its id.</param>
/// <param name="IdHash">First 8 bytes of the SHA-256 of the id.</param>
/// <param name="Timestamp">Its time.</param>
/// <param name="Version">Version of the model that answered.</param>
/// <param name="Answer">What it answered, as text; empty for nothing.</param>
/// <param name="Priority">The weighed score, 0..1.</param>
/// <param name="ByScore">Probability to be chosen by score.</param>
/// <param name="ByChance">Probability to be chosen by chance alone; larger in a cold spot where the policy asks for those.</param>
/// <param name="IsByScore">Whether its score alone would have been enough.</param>
public sealed record DrawnRow(
    string PredictionId,
    ulong IdHash,
    DateTimeOffset Timestamp,
    string Version,
    string Answer,
    double Priority,
    double ByScore,
    double ByChance,
    bool IsByScore
)
{
    /// <summary>
    /// Ground truth, where it is known (only in previews): <c>true</c> when the answer was right; of numbers, when the error is not among
    /// the largest tenth of the stretch.
    /// </summary>
    public bool? IsRight { get; init; }

    /// <summary>Where it is.</summary>
    public PredictionPlace Place => new(PredictionId, IdHash, Timestamp);

    /// <summary>Probability to be chosen: by score, by chance or both, which are drawn apart.</summary>
    public double Probability => 1 - (1 - ByScore) * (1 - ByChance);
}

/// <summary>What a draw chose from a stretch of time.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Population">Predictions that could be chosen.</param>
/// <param name="Expected">How many were to be chosen on average.</param>
/// <param name="CheapMeans">Mean of each cheap label over the population, by the score's name; those that every prediction has.</param>
/// <param name="Rows">Those that were, the highest priority first.</param>
public sealed record Draw(
    DateTimeOffset From,
    DateTimeOffset To,
    long Population,
    double Expected,
    IReadOnlyDictionary<string, double> CheapMeans,
    IReadOnlyList<DrawnRow> Rows
);

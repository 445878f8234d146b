using Plumbline.Monitoring.Scores;

namespace Plumbline.Monitoring.Explore;

/// <summary>What pages of predictions can be ordered by, as it is written in an address.</summary>
public static class SortFields
{
    private static readonly Dictionary<SortField, ScoreKind> Scores = new()
    {
        [SortField.ExpectedError] = ScoreKind.ExpectedError,
        [SortField.ExpectedCost] = ScoreKind.ExpectedCost,
        [SortField.Uncertainty] = ScoreKind.Uncertainty,
        [SortField.Oddity] = ScoreKind.Oddity,
    };

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, SortField> ByName { get; } =
        new Dictionary<string, SortField>(StringComparer.Ordinal)
        {
            ["timestamp"] = SortField.Timestamp,
            ["score"] = SortField.Score,
            ["confidence"] = SortField.Confidence,
            ["entropy"] = SortField.Entropy,
            ["latency_ms"] = SortField.LatencyMs,
            ["prediction"] = SortField.PredictionValue,
            [ScoreKind.ExpectedError.Field] = SortField.ExpectedError,
            [ScoreKind.ExpectedCost.Field] = SortField.ExpectedCost,
            [ScoreKind.Uncertainty.Field] = SortField.Uncertainty,
            [ScoreKind.Oddity.Field] = SortField.Oddity,
        };

    /// <summary>The score that is ordered by; null where it is none.</summary>
    public static ScoreKind? ScoreOf(SortField sort) => Scores.GetValueOrDefault(sort);

    /// <summary>Whether there is an order by a score.</summary>
    public static bool Has(ScoreKind kind) => Scores.ContainsValue(kind);
}

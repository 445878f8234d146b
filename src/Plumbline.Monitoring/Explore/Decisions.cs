using Plumbline.Monitoring.Scores;

namespace Plumbline.Monitoring.Explore;

/// <summary>
/// A prediction in a list. Numbers that are not there are null; an infinite number is the text "Infinity" or "-Infinity", as the API takes
/// it.
/// </summary>
public sealed record PredictionRow
{
    public required string PredictionId { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required string Version { get; init; }

    /// <summary>primary or shadow.</summary>
    public required string Role { get; init; }

    /// <summary>ok, error, timeout or rejected.</summary>
    public required string Status { get; init; }

    /// <summary>The class (text) or the number; null when the model gave none.</summary>
    public required object? Prediction { get; init; }

    /// <summary>P(positive class) of a binary model, P(predicted class) of a multiclass one.</summary>
    public required object? Score { get; init; }

    public required object? Confidence { get; init; }

    /// <summary>Normalised by ln K: 0..1.</summary>
    public required object? Entropy { get; init; }

    public required object? LatencyMs { get; init; }

    /// <summary>What turned out to be true; null while unknown.</summary>
    public object? GroundTruth { get; init; }

    /// <summary>The features asked for.</summary>
    public required IReadOnlyDictionary<string, object?> Features { get; init; }

    /// <summary>The scores asked for, by name.</summary>
    public IReadOnlyDictionary<string, object?> Scores { get; init; } = new Dictionary<string, object?>();

    /// <summary>Features whose value had another type, with that value as JSON text.</summary>
    public required IReadOnlyDictionary<string, string> TypeErrors { get; init; }
}

/// <summary>A page and where the next one starts; <paramref name="Next"/> is null on the last.</summary>
public sealed record PredictionPage(IReadOnlyList<PredictionRow> Predictions, string? Next);

/// <summary>One decision with everything that is known about it.</summary>
public sealed record Decision
{
    public required PredictionRow Row { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required IReadOnlyDictionary<string, object?> Probabilities { get; init; }

    public required string Error { get; init; }

    public required string TraceId { get; init; }

    /// <summary>A JSON object as text, or empty.</summary>
    public required string Metadata { get; init; }

    /// <summary>All that came, oldest first; the last counts. At most 100.</summary>
    public required IReadOnlyList<GroundTruthEntry> GroundTruth { get; init; }

    /// <summary>How much it deserves a look, and why; null for a shadow's answer.</summary>
    public ScoredPrediction? Scored { get; init; }

    /// <summary>Business signals about this prediction, oldest first. At most 1,000.</summary>
    public required IReadOnlyList<SignalEntry> Signals { get; init; }
}

/// <summary>One ground truth as it came. <paramref name="Value"/> is the class or the number.</summary>
public sealed record GroundTruthEntry(object? Value, DateTimeOffset Timestamp, DateTimeOffset ReceivedAt, string Source);

/// <summary>One business signal.</summary>
public sealed record SignalEntry(
    string Name,
    object? Value,
    DateTimeOffset Timestamp,
    DateTimeOffset ReceivedAt,
    string Version,
    string Segment
);

/// <summary>Predictions of one span of time and one predicted class ('' when there is none, and for regression).</summary>
public sealed record PredictionCount(DateTimeOffset Start, string Class, long Count);

/// <summary>Counts over time; spans without predictions are not listed.</summary>
public sealed record PredictionCounts(DateTimeOffset? From, DateTimeOffset? To, TimeSpan Step, IReadOnlyList<PredictionCount> Counts);

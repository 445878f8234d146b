namespace Plumbline.Events.Building;

/// <summary>
/// A prediction as whoever observes a model has it, without a detour through JSON. The same rules hold as for <c>POST
/// /v1/models/{model}/predictions</c>; null means that it was not said.
/// </summary>
public sealed record PredictionEvent
{
    /// <summary>The prediction's id; made by the server when null.</summary>
    public string? Id { get; init; }

    /// <summary>When the model answered; when the row reached the server, if null.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The model's version.</summary>
    public string? Version { get; init; }

    /// <summary>Used, or only recorded.</summary>
    public PredictionRole Role { get; init; }

    /// <summary>How it ended; ok when null.</summary>
    public PredictionStatus? Status { get; init; }

    /// <summary>The predicted class, of a classification.</summary>
    public string? Class { get; init; }

    /// <summary>The predicted number of a regression; of a classification, a class that is written as a number. NaN is no answer.</summary>
    public double? Number { get; init; }

    /// <summary>P(positive class), in [0, 1].</summary>
    public double? Score { get; init; }

    /// <summary>Class and probability; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, double>>? Probabilities { get; init; }

    /// <summary>Milliseconds, 0 or more.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>What went wrong; cut at <see cref="EventLimits.ErrorBytes"/>.</summary>
    public string? Error { get; init; }

    /// <summary>The trace in which it was made.</summary>
    public string? TraceId { get; init; }

    /// <summary>The JSON text of an object.</summary>
    public string? Metadata { get; init; }

    /// <summary>Whether this is a part of a prediction, to be merged with the others of its id.</summary>
    public bool IsPart { get; init; }

    /// <summary>Name and value of each feature; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, FeatureValue>>? Features { get; init; }
}

/// <summary>A ground truth, as <c>POST /v1/models/{model}/ground-truth</c> takes it.</summary>
public sealed record GroundTruthEvent
{
    /// <summary>The prediction that it is the truth of.</summary>
    public required string PredictionId { get; init; }

    /// <summary>When it became known; when the row reached the server, if null.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The true class, of a classification.</summary>
    public string? Class { get; init; }

    /// <summary>
    /// The true number of a regression; of a classification, a class that is written as a number, whose digits <see cref="Class"/> may give
    /// too: it may have more than a 64-bit number holds.
    /// </summary>
    public double? Number { get; init; }

    /// <summary>Who says so.</summary>
    public string? Source { get; init; }
}

/// <summary>A business signal, as <c>POST /v1/models/{model}/signals</c> takes it.</summary>
public sealed record SignalEvent
{
    /// <summary>What happened.</summary>
    public required string Name { get; init; }

    /// <summary>When; when the row reached the server, if null.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>How much; 1 when null.</summary>
    public double? Value { get; init; }

    /// <summary>The prediction that it belongs to.</summary>
    public string? PredictionId { get; init; }

    /// <summary>The signal's own id: one id is stored once.</summary>
    public string? SignalId { get; init; }

    /// <summary>The version of the model.</summary>
    public string? Version { get; init; }

    /// <summary>The segment, as <c>key=value</c>.</summary>
    public string? Segment { get; init; }
}

namespace Plumbline.Events.Batches;

/// <summary>One prediction as it lies in a batch: spans into it, nothing copied. Texts are UTF-8.</summary>
public ref struct Prediction
{
    /// <summary>Hash of the id.</summary>
    public IdHash Hash { get; internal set; }

    /// <summary>Epoch milliseconds.</summary>
    public long TimestampMs { get; internal set; }

    /// <summary>The id: 1 to <see cref="EventLimits.IdBytes"/> bytes.</summary>
    public ReadOnlySpan<byte> Id { get; internal set; }

    /// <summary>Whether this is a part of a prediction, to be merged with the others of its id.</summary>
    public bool IsPart { get; internal set; }

    /// <summary>The version, empty when none was given.</summary>
    public ReadOnlySpan<byte> Version { get; internal set; }

    /// <summary>Used or only recorded.</summary>
    public PredictionRole Role { get; internal set; }

    /// <summary>How it ended.</summary>
    public PredictionStatus Status { get; internal set; }

    /// <summary>The predicted class, empty for regression or none.</summary>
    public ReadOnlySpan<byte> Class { get; internal set; }

    /// <summary>The predicted number of a regression, NaN for none.</summary>
    public double Number { get; internal set; }

    /// <summary>P(positive class) as sent, in [0, 1], NaN for none.</summary>
    public double Score { get; internal set; }

    /// <summary>Milliseconds, 0 or more, NaN for none.</summary>
    public double LatencyMs { get; internal set; }

    /// <summary>The error text, empty for none.</summary>
    public ReadOnlySpan<byte> Error { get; internal set; }

    /// <summary>The trace id, empty for none.</summary>
    public ReadOnlySpan<byte> TraceId { get; internal set; }

    /// <summary>A JSON object, empty for none.</summary>
    public ReadOnlySpan<byte> Metadata { get; internal set; }

    /// <summary>Class to probability.</summary>
    public ProbabilityReader Probabilities { get; internal set; }

    /// <summary>Name to value.</summary>
    public FeatureReader Features { get; internal set; }
}

/// <summary>One ground truth as it lies in a batch.</summary>
public ref struct GroundTruth
{
    /// <summary>Hash of the prediction's id.</summary>
    public IdHash Hash { get; internal set; }

    /// <summary>Epoch milliseconds of the ground truth.</summary>
    public long TimestampMs { get; internal set; }

    /// <summary>The prediction's id.</summary>
    public ReadOnlySpan<byte> PredictionId { get; internal set; }

    /// <summary>The true class or the number's canonical text.</summary>
    public ReadOnlySpan<byte> Value { get; internal set; }

    /// <summary>The number, NaN when the value is text.</summary>
    public double Number { get; internal set; }

    /// <summary>Who says so, empty for none.</summary>
    public ReadOnlySpan<byte> Source { get; internal set; }
}

/// <summary>One business signal as it lies in a batch.</summary>
public ref struct Signal
{
    /// <summary>Hash of <see cref="Id"/>; means nothing when that is empty.</summary>
    public IdHash Hash { get; internal set; }

    /// <summary>The sender's own id of the signal, empty for none: one id is stored once.</summary>
    public ReadOnlySpan<byte> Id { get; internal set; }

    /// <summary>Epoch milliseconds.</summary>
    public long TimestampMs { get; internal set; }

    /// <summary>What happened.</summary>
    public ReadOnlySpan<byte> Name { get; internal set; }

    /// <summary>How much; 1 when not given.</summary>
    public double Value { get; internal set; }

    /// <summary>The prediction that it belongs to, empty for none.</summary>
    public ReadOnlySpan<byte> PredictionId { get; internal set; }

    /// <summary>The version, empty for none.</summary>
    public ReadOnlySpan<byte> Version { get; internal set; }

    /// <summary>The segment, empty for none.</summary>
    public ReadOnlySpan<byte> Segment { get; internal set; }
}

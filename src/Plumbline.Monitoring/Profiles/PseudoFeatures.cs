namespace Plumbline.Monitoring.Profiles;

/// <summary>What every prediction has besides the client's features, profiled the same way. User features never start with '@'.</summary>
public static class PseudoFeatures
{
    /// <summary>The predicted class (categorical), or the predicted number (numeric) of a regression.</summary>
    public const string Prediction = "@prediction";

    /// <summary>
    /// P(positive class) of a binary model, P(predicted class) of a multiclass model; numeric with the reference's percentiles.
    /// </summary>
    public const string Score = "@score";

    /// <summary>Highest class probability; 100 equal bins on [0, 1], baseline 0.</summary>
    public const string Confidence = "@confidence";

    /// <summary>Entropy of the class probabilities divided by ln K; 100 equal bins on [0, 1], baseline 0.</summary>
    public const string Entropy = "@entropy";

    /// <summary>Latency in milliseconds; 400 bins growing by a constant factor from 0.1 to 600,000, baseline 0.</summary>
    public const string LatencyMs = "@latency_ms";

    /// <summary>ok, error, timeout, rejected, in this order and without collective bins; baseline 0.</summary>
    public const string Status = "@status";

    /// <summary>The bins of <see cref="Status"/>.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["ok", "error", "timeout", "rejected"];

    /// <summary>The 99 inner edges of <see cref="Confidence"/> and <see cref="Entropy"/>: 0.01 .. 0.99.</summary>
    public static IReadOnlyList<double> UnitEdges { get; } = [.. Enumerable.Range(1, 99).Select(k => k / 100.0)];

    /// <summary>The 399 inner edges of <see cref="LatencyMs"/>; neighbours differ by the factor 6,000,000^(1/398), about 4 %.</summary>
    public static IReadOnlyList<double> LatencyEdges { get; } =
    [.. Enumerable.Range(0, 399).Select(k => 0.1 * Math.Pow(6_000_000, k / 398.0))];

    /// <summary>The edges of a feature with fixed bins, or null.</summary>
    public static IReadOnlyList<double>? FixedEdges(string feature) =>
        feature switch
        {
            Confidence or Entropy => UnitEdges,
            LatencyMs => LatencyEdges,
            _ => null,
        };
}

using Plumbline.Events;

namespace Plumbline.Registry.Ownership;

/// <summary>What the stored events, and what is computed of them, are called among <see cref="DataDescription.Name"/>.</summary>
public static class EventRows
{
    public const string Predictions = "predictions";
    public const string GroundTruth = "ground_truth";
    public const string Signals = "signals";
    public const string Profiles = "profiles";
    public const string MetricPoints = "metric_points";

    /// <summary>What the events of a kind are called.</summary>
    public static string Of(EventKind kind) =>
        kind switch
        {
            EventKind.Prediction => Predictions,
            EventKind.GroundTruth => GroundTruth,
            _ => Signals,
        };
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Causes;

/// <summary>A likely cause as it is stored: names and numbers; words and addresses are made of them when it is read.</summary>
/// <param name="Kind">The <see cref="CauseKind.Key"/> of its kind.</param>
/// <param name="Subject">The feature, version, class or segment.</param>
/// <param name="Score">0..1: the order of the list, not a probability.</param>
/// <param name="Evidence">The numbers that its kind writes and reads; null in what former releases stored.</param>
public sealed record CauseFacts(string Kind, string Subject, double Score, JsonElement? Evidence)
{
    /// <summary>The sentence that former releases stored instead of evidence.</summary>
    public string? Words { get; init; }

    /// <summary>The address that former releases stored.</summary>
    public string? Path { get; init; }
}

/// <summary>A likely cause as people and programs see it.</summary>
/// <param name="Kind">
/// missing_values, new_category, schema_change, worse_version, version_rollout, feature_drift, concept_change, concentration, segment,
/// late_ground_truth, saturation.
/// </param>
/// <param name="Subject">The feature, version, class or segment.</param>
/// <param name="Score">0..1: the order of the list, not a probability.</param>
/// <param name="Words">The evidence in a sentence.</param>
/// <param name="Path">The page that shows it.</param>
public sealed record IncidentCause(string Kind, string Subject, double Score, string Words, string Path)
{
    /// <summary>The change of a stream on which it rests; null where it rests on something else. For pictures.</summary>
    [JsonIgnore]
    public StreamChange? Change { get; init; }
}

/// <summary>Something that a person can do now.</summary>
/// <param name="Words">What, as the rest of a sentence.</param>
/// <param name="Path">The page on which it is done.</param>
public sealed record NextStep(string Words, string Path);

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Alerting.Incidents;

/// <summary>Where an incident stands.</summary>
public enum IncidentState
{
    Open,

    /// <summary>Somebody looks after it.</summary>
    Acknowledged,

    /// <summary>Nothing fires any more, or somebody closed it.</summary>
    Resolved,
}

/// <summary>What a person reads of an incident; stored as JSON and written anew when alerts join or end.</summary>
/// <param name="Models">Names of all models in which it shows.</param>
/// <param name="Segments">Segments in which it shows, the worst first; empty when it shows in all rows.</param>
/// <param name="Versions">Versions in which it shows; empty for all.</param>
/// <param name="Features">Features that moved, the worst first.</param>
/// <param name="Causes">Likely causes, the likeliest first, each with its evidence.</param>
/// <param name="Impact">How bad it is; null when nothing tells yet.</param>
/// <param name="NextSteps">What to do.</param>
public sealed record IncidentSummary(
    IReadOnlyList<string> Models,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Features,
    IReadOnlyList<IncidentCause> Causes,
    IncidentImpact? Impact,
    IReadOnlyList<NextStep> NextSteps
)
{
    public static IncidentSummary Empty { get; } = new([], [], [], [], [], null, []);

    internal static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static IncidentSummary Read(string text) => JsonSerializer.Deserialize<IncidentSummary>(text, Json)!;
}

/// <summary>A likely cause.</summary>
/// <param name="Kind">missing_values, new_category, schema_change, version_rollout, feature_drift, traffic_mix, concept_change,
/// concentration, outage, segment.</param>
/// <param name="Subject">The feature, version, class or segment.</param>
/// <param name="Score">0..1: the order of the list, not a probability.</param>
/// <param name="Words">The evidence in a sentence.</param>
/// <param name="Path">The page that shows it.</param>
public sealed record IncidentCause(string Kind, string Subject, double Score, string Words, string Path);

/// <summary>How bad an incident is.</summary>
/// <param name="Metric">The metric that tells.</param>
/// <param name="Segment">Of this segment; empty for all rows.</param>
/// <param name="Estimated">True when no ground truth has come yet.</param>
/// <param name="Before">Mean before the onset, weighted by rows.</param>
/// <param name="After">Mean since.</param>
/// <param name="Loss">How much worse, in the metric's unit; negative when it is better.</param>
/// <param name="LossLower">Lower end of the loss's 95 % interval.</param>
/// <param name="LossUpper">Upper end.</param>
/// <param name="Rows">Rows since the onset on which it rests.</param>
/// <param name="MoneyPerDay">Additional cost per day; null without a cost declaration.</param>
/// <param name="Currency">Of the money.</param>
/// <param name="Words">All of it in a sentence.</param>
public sealed record IncidentImpact(
    string Metric,
    string Segment,
    bool Estimated,
    double Before,
    double After,
    double Loss,
    double LossLower,
    double LossUpper,
    long Rows,
    double? MoneyPerDay,
    string? Currency,
    string Words
)
{
    /// <summary>Lower end of the 95 % interval of the money; null where there is none.</summary>
    public double? MoneyLower { get; init; }

    /// <summary>Upper end.</summary>
    public double? MoneyUpper { get; init; }

    /// <summary>Whether the loss is more than chance.</summary>
    [JsonIgnore]
    public bool Certain => LossLower > 0;
}

/// <summary>Something that a person can do now.</summary>
public sealed record NextStep(string Words, string Path);

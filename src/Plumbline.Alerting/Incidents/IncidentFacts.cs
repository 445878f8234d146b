using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Causes;

namespace Plumbline.Alerting.Incidents;

/// <summary>
/// What is known of an incident, stored as JSON and found anew when alerts join or end: names, numbers and times. Words and addresses are
/// made of it when it is read, so that a renamed page or a better sentence holds for old incidents too.
/// </summary>
/// <param name="Models">Names of all models in which it shows.</param>
/// <param name="Segments">Segments in which it shows, the worst first; empty when it shows in all rows.</param>
/// <param name="Versions">Versions in which it shows; empty for all.</param>
/// <param name="Features">Features that moved, the worst first.</param>
/// <param name="Causes">Likely causes, the likeliest first.</param>
/// <param name="Impact">The loss; null when nothing tells yet.</param>
/// <param name="Change">What moved most of what shows the likeliest cause; null in what former releases stored.</param>
/// <param name="AnswersMoved">Whether an alert is about the answers.</param>
public sealed record IncidentFacts(
    IReadOnlyList<string> Models,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Features,
    IReadOnlyList<CauseFacts> Causes,
    ImpactFacts? Impact,
    StreamChange? Change,
    bool AnswersMoved
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Of an incident that was opened a moment ago.</summary>
    public static IncidentFacts Empty { get; } = new([], [], [], [], [], null, null, false);

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static IncidentFacts Read(string text) => JsonSerializer.Deserialize<IncidentFacts>(text, Json)!;
}

/// <summary>The loss of an incident, in numbers.</summary>
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
public record ImpactFacts(
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
    string? Currency
)
{
    /// <summary>Lower end of the 95 % interval of the money; null where there is none.</summary>
    public double? MoneyLower { get; init; }

    /// <summary>Upper end.</summary>
    public double? MoneyUpper { get; init; }

    /// <summary>
    /// Whether the windows are those of other incidents too, because too few are its own alone: then the loss is perhaps not its own.
    /// </summary>
    [JsonIgnore]
    public bool Shared { get; init; }

    /// <summary>Whether the loss is more than chance.</summary>
    [JsonIgnore]
    public bool Certain => LossLower > 0;
}

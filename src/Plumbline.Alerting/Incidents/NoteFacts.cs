using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;

namespace Plumbline.Alerting.Incidents;

/// <summary>What an entry of a timeline that the server made is about; which of these is set follows from its kind.</summary>
/// <param name="Rule">detected, joined: the rule that fired.</param>
/// <param name="Model">joined: the model in which it did.</param>
/// <param name="Stream">joined: for which stream.</param>
/// <param name="Incident">joined: the one that was taken in; notified: the one that explains this one, so that it was held back.</param>
/// <param name="Change">joined: what had moved most in the incident that was taken in.</param>
/// <param name="Severity">notified: how urgent it was.</param>
internal sealed record NoteFacts(
    string? Rule = null,
    string? Model = null,
    StreamKey? Stream = null,
    long? Incident = null,
    StreamChange? Change = null,
    AlertSeverity? Severity = null
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    internal string Write() => JsonSerializer.Serialize(this, Json);

    internal static NoteFacts Read(string? text) => text is null ? new NoteFacts() : JsonSerializer.Deserialize<NoteFacts>(text, Json)!;
}

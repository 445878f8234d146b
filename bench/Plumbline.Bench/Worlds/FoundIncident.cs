using System.Text.Json;

namespace Plumbline.Bench.Worlds;

/// <summary>An incident as the API says it.</summary>
/// <param name="Severity">Warning or critical.</param>
/// <param name="Headline">What it is.</param>
/// <param name="Cause">Kind of the first cause; empty without any.</param>
/// <param name="Onset">Since when.</param>
/// <param name="Detected">When it was found.</param>
/// <param name="Resolved">When it was over; null while it goes on.</param>
/// <param name="MoneyPerDay">What it costs a day; null where that is not known.</param>
internal sealed record FoundIncident(
    string Severity,
    string Headline,
    string Cause,
    DateTimeOffset Onset,
    DateTimeOffset Detected,
    DateTimeOffset? Resolved,
    double? MoneyPerDay
)
{
    /// <summary>Reads one of a list.</summary>
    public static FoundIncident Read(JsonElement incident)
    {
        var summary = incident.GetProperty("story");
        var causes = summary.GetProperty("causes");
        return new FoundIncident(
            incident.GetProperty("severity").GetString()!,
            incident.GetProperty("headline").GetString()!,
            causes.GetArrayLength() > 0 ? causes[0].GetProperty("kind").GetString()! : "",
            incident.GetProperty("onset").GetDateTimeOffset(),
            incident.GetProperty("fired_at").GetDateTimeOffset(),
            Optional(incident, "resolved_at")?.GetDateTimeOffset(),
            Optional(summary, "impact") is { } impact ? Optional(impact, "money_per_day")?.GetDouble() : null
        );
    }

    /// <summary>What it cost from its onset to its end, or to <paramref name="now"/>.</summary>
    public double MoneyUntil(DateTimeOffset now) => (MoneyPerDay ?? 0) * ((Resolved ?? now) - Onset).TotalDays;

    private static JsonElement? Optional(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

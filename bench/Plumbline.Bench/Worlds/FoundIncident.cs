using System.Text.Json;

namespace Plumbline.Bench.Worlds;

/// <summary>An incident as the API says it.</summary>
/// <param name="Severity">Digest, warning or critical.</param>
/// <param name="Headline">What it is.</param>
/// <param name="Cause">Kind of the first cause; empty without any.</param>
/// <param name="Onset">Since when.</param>
/// <param name="Detected">When it was found.</param>
/// <param name="Resolved">When it was over; null while it goes on.</param>
/// <param name="MoneyPerDay">What it costs a day; null where that is not known.</param>
/// <param name="Alerts">What fired, the oldest first.</param>
internal sealed record FoundIncident(
    string Severity,
    string Headline,
    string Cause,
    DateTimeOffset Onset,
    DateTimeOffset Detected,
    DateTimeOffset? Resolved,
    double? MoneyPerDay,
    IReadOnlyList<FoundAlert> Alerts
)
{
    /// <summary>Reads one with its alerts.</summary>
    public static FoundIncident Read(JsonElement detail)
    {
        var incident = detail.GetProperty("incident");
        var summary = incident.GetProperty("story");
        var causes = summary.GetProperty("causes");
        return new FoundIncident(
            incident.GetProperty("severity").GetString()!,
            incident.GetProperty("headline").GetString()!,
            causes.GetArrayLength() > 0 ? causes[0].GetProperty("kind").GetString()! : "",
            incident.GetProperty("onset").GetDateTimeOffset(),
            incident.GetProperty("fired_at").GetDateTimeOffset(),
            Optional(incident, "resolved_at")?.GetDateTimeOffset(),
            Optional(summary, "impact") is { } impact ? Optional(impact, "money_per_day")?.GetDouble() : null,
            [.. detail.GetProperty("alerts").EnumerateArray().Select(FoundAlert.Read)]
        );
    }

    /// <summary>Whether it is told to people at once.</summary>
    public bool IsTold => Severity != "digest";

    /// <summary>What it cost from its onset to its end, or to <paramref name="now"/>.</summary>
    public double MoneyUntil(DateTimeOffset now) => (MoneyPerDay ?? 0) * ((Resolved ?? now) - Onset).TotalDays;

    internal static JsonElement? Optional(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

/// <summary>An alert as the API says it.</summary>
/// <param name="Stream">The rule, and the feature, class, segment or version that it fired for.</param>
/// <param name="Onset">Since when.</param>
/// <param name="Fired">When it was found.</param>
/// <param name="Resolved">When it ended; null while it goes on.</param>
internal sealed record FoundAlert(string Stream, DateTimeOffset Onset, DateTimeOffset Fired, DateTimeOffset? Resolved)
{
    private static readonly string[] Scope = ["feature", "class", "segment", "version"];

    /// <summary>Reads one of an incident.</summary>
    public static FoundAlert Read(JsonElement alert)
    {
        var scope = Scope.Select(name => FoundIncident.Optional(alert, name)?.GetString()).Where(value => value is not null);
        return new FoundAlert(
            $"{alert.GetProperty("rule").GetString()} {string.Join(' ', scope)}".TrimEnd(),
            alert.GetProperty("onset").GetDateTimeOffset(),
            alert.GetProperty("fired_at").GetDateTimeOffset(),
            FoundIncident.Optional(alert, "resolved_at")?.GetDateTimeOffset()
        );
    }
}

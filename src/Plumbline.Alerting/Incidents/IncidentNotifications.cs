using System.Collections.Immutable;
using System.Text;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>What is sent to people about incidents.</summary>
internal static class IncidentNotifications
{
    /// <summary>What tells notifications of this cause apart from others.</summary>
    public static IReadOnlyList<LabelMatcher> Matchers(Incident incident)
    {
        var matchers = new List<LabelMatcher> { new("model", incident.Model), new("alertname", AlertName(incident.Summary)) };
        if (incident.Summary.Features.Count > 0)
            matchers.Add(new("feature", incident.Summary.Features[0]));
        return matchers;
    }

    private static string AlertName(IncidentSummary summary) => summary.Causes.Count > 0 ? summary.Causes[0].Kind : "incident";

    /// <summary>What is sent about an incident.</summary>
    public static Notification Write(
        ModelDefinition model,
        IncidentRow incident,
        string headline,
        IncidentSummary summary,
        NotificationKind kind,
        AlertSeverity severity
    )
    {
        var labels = ImmutableDictionary<string, string>
            .Empty.Add("alertname", AlertName(summary))
            .Add("model", model.Name)
            .Add("severity", severity.ToString().ToLowerInvariant())
            .Add("incident", incident.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (summary.Features.Count > 0)
            labels = labels.Add("feature", summary.Features[0]);
        if (summary.Segments.Count > 0)
            labels = labels.Add("segment", summary.Segments[0]);
        if (summary.Versions.Count > 0)
            labels = labels.Add("version", summary.Versions[0]);
        var suffix =
            kind == NotificationKind.Escalated ? $"escalated-{severity.ToString().ToLowerInvariant()}" : kind.ToString().ToLowerInvariant();
        return new Notification
        {
            Key = $"incident-{incident.Id}-{suffix}{(incident.Reopened > 0 ? $"-{incident.Reopened + 1}" : "")}",
            Kind = kind,
            IncidentId = incident.Id,
            Model = model.Name,
            Severity = severity,
            Headline = headline,
            Body = Body(incident, summary),
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs),
            ResolvedAt = incident.ResolvedMs is { } resolved ? DateTimeOffset.FromUnixTimeMilliseconds(resolved) : null,
            Path = Links.Incident(incident.Id),
            Labels = labels,
            InhibitedBy = incident.InhibitedBy is { } by ? $"incident-{by}" : null,
        };
    }

    private static string Body(IncidentRow incident, IncidentSummary summary)
    {
        var onset = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs).UtcDateTime;
        var text = new StringBuilder();
        text.AppendLine(
            System.Globalization.CultureInfo.InvariantCulture,
            $"Since {onset:yyyy-MM-dd HH:mm} UTC in {AlertText.List(summary.Models)}."
        );
        if (summary.Impact is { } impact)
            text.AppendLine(impact.Words);
        foreach (var cause in summary.Causes.Take(3))
            text.AppendLine(cause.Words);
        if (summary.NextSteps.Count > 0)
            text.AppendLine("Next: " + string.Join("; ", summary.NextSteps.Take(3).Select(step => step.Words)) + ".");
        return text.ToString().TrimEnd();
    }
}

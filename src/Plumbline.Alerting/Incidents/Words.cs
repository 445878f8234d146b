using System.Collections.Immutable;
using System.Text;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Notifications;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>Sentences about alerts and incidents.</summary>
internal static class Words
{
    /// <summary>What an alert watches: "input.missing_rate of order_amount in country=FR".</summary>
    public static string Stream(AlertRow alert) => Stream(alert.Key);

    /// <summary>What a rule watches in a stream.</summary>
    public static string Stream(StreamKey key)
    {
        var text = new StringBuilder(key.Metric);
        if (key.Feature.Length > 0)
            text.Append(" of ").Append(key.Feature);
        if (key.Class.Length > 0)
            text.Append(" of class ").Append(key.Class);
        if (key.Segment.Length > 0)
            text.Append(" in ").Append(key.Segment);
        if (key.Version.Length > 0)
            text.Append(" of version ").Append(key.Version);
        return text.ToString();
    }

    /// <summary>The change that an alert found: "3.9 % to 35 %" or "0.6 standard deviations".</summary>
    public static string Change(AlertRow alert, string unit)
    {
        var evidence = alert.Numbers;
        return alert.Metric == CalibratedDriftMetrics.Calibrated ? $"by {Figures.Format(evidence.Value)} standard deviations"
            : evidence.Expected is { } expected ? $"{Figures.Format(expected, unit)} \u2192 {Figures.Format(evidence.Value, unit)}"
            : Figures.Format(evidence.Value, unit);
    }

    /// <summary>A list for people: "a, b and c", cut after some.</summary>
    public static string List(IReadOnlyList<string> items, int most = 3) =>
        items.Count switch
        {
            0 => "",
            1 => items[0],
            _ when items.Count <= most => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
            _ => $"{string.Join(", ", items.Take(most))} and {items.Count - most} more",
        };

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
    public static Notification Notification(
        ModelDefinition model,
        IncidentRow incident,
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
            Headline = incident.Headline,
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
        var text = new StringBuilder();
        text.AppendLine(
            System.Globalization.CultureInfo.InvariantCulture,
            $"Since {DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs).UtcDateTime:yyyy-MM-dd HH:mm} UTC in {List(summary.Models)}."
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

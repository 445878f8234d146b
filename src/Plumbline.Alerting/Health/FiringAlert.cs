using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Health;

/// <summary>A stream that fires now, with what became of it.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Incident">The open incident that it belongs to; null when it is small, or when somebody closed the incident.</param>
public sealed record FiringAlert(AlertRow Alert, IncidentRow? Incident)
{
    /// <summary>The layer that it speaks of; drift of the answers is of the outputs.</summary>
    public MetricLayer Layer => KnownMetrics.Of(Alert.Metric).LayerOf(Alert.Feature);

    /// <summary>Bad when its incident is of those that people are told at once, else watch.</summary>
    public HealthState State =>
        Incident is { } incident && (AlertSeverity)incident.Severity >= AlertSeverity.Warning ? HealthState.Bad : HealthState.Watch;

    /// <summary>The feature, where it is one of the model's inputs.</summary>
    public string? Feature => Alert.Feature is ['@', ..] or "" ? null : Alert.Feature;
}

using Plumbline.Alerting.Notifications;

namespace Plumbline.Alerting.Delivery.Receivers.Alertmanager;

/// <summary>An alert that an Alertmanager must be reminded of until it is over, and some time after.</summary>
public sealed class RemindedAlertRow
{
    public required string Receiver { get; set; }

    /// <summary>Hash of the label set, which is the alert's identity there.</summary>
    public required string Identity { get; set; }

    public long? IncidentId { get; set; }

    /// <summary>The JSON of the <see cref="Notification"/> that was sent last.</summary>
    public required string Content { get; set; }

    public long DueAtMs { get; set; }

    /// <summary>When it ended; reminders end some time later.</summary>
    public long? ResolvedAtMs { get; set; }
}

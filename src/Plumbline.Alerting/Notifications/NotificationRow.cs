namespace Plumbline.Alerting.Notifications;

/// <summary>A notification in the outbox, written in the transaction of what it tells about.</summary>
public sealed class NotificationRow
{
    public long Id { get; set; }

    public required string Key { get; set; }

    public long? IncidentId { get; set; }

    public required string Model { get; set; }

    public int Kind { get; set; }

    /// <summary>The JSON of the <see cref="Notification"/>.</summary>
    public required string Content { get; set; }

    public long CreatedAtMs { get; set; }

    /// <summary>When the pipeline decided who is told; null while it has not.</summary>
    public long? RoutedAtMs { get; set; }
}

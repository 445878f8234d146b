using System.Collections.Immutable;

namespace Plumbline.Alerting.Notifications;

/// <summary>Why a notification is sent.</summary>
public enum NotificationKind
{
    /// <summary>An incident began.</summary>
    Opened,

    /// <summary>It became more severe.</summary>
    Escalated,

    /// <summary>It is over.</summary>
    Resolved,

    /// <summary>An entry of the daily digest.</summary>
    Digest,

    /// <summary>Somebody pressed the test button.</summary>
    Test,
}

/// <summary>One thing to tell, before it is known whom. Immutable; what it says is what is sent, whenever that is.</summary>
public sealed record Notification
{
    /// <summary>
    /// Deduplication key such as <c>incident-12-opened</c>, 1..200 characters without control characters: a receiver is told once per key.
    /// </summary>
    public required string Key { get; init; }

    public required NotificationKind Kind { get; init; }

    /// <summary>
    /// The incident that this is about. A <see cref="NotificationKind.Resolved"/> goes to exactly those who were told of the same incident
    /// before.
    /// </summary>
    public long? IncidentId { get; init; }

    /// <summary>Name of the model; receivers can be bound to models.</summary>
    public required string Model { get; init; }

    /// <summary><see cref="AlertSeverity.Digest"/> goes to the daily digest only, whatever the kind.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>One sentence; the subject of a mail. Cut at 300 characters where a receiver needs it short.</summary>
    public required string Headline { get; init; }

    /// <summary>Plain text of several lines.</summary>
    public required string Body { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Path of the page that shows it, such as <c>/incidents/12</c>; the option <c>public_url</c> makes it a link.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// alertname, model, severity, feature, segment, version ..: what silences match and what an Alertmanager tells alerts apart by. Never
    /// a measured value.
    /// </summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What arrives within the group wait with the same group key becomes one message. Null for the model.</summary>
    public string? GroupKey { get; init; }

    /// <summary>
    /// What makes this one pointless to send, such as <c>incident-7</c> (the outage that causes the drift); it is recorded as inhibited.
    /// Null to send.
    /// </summary>
    public string? InhibitedBy { get; init; }
}

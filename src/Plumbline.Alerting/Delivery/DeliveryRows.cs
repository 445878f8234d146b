namespace Plumbline.Alerting.Delivery;

/// <summary>A message to one receiver with its fate; or, with an empty receiver, the reason why nobody was told.</summary>
public sealed class DeliveryRow
{
    public long Id { get; set; }

    /// <summary>Name of the receiver; empty when no receiver was told.</summary>
    public required string Receiver { get; set; }

    /// <summary>
    /// Idempotency key: given when the message is sealed, the same on every attempt. Empty while notifications may still join.
    /// </summary>
    public required string Key { get; set; }

    /// <summary>Messages of one group leave in order.</summary>
    public required string GroupKey { get; set; }

    public required string Model { get; set; }

    public int State { get; set; }

    public bool IsDigest { get; set; }

    public long CreatedAtMs { get; set; }

    /// <summary>Not sent before: the end of the group wait, the digest's hour, or the next attempt.</summary>
    public long DueAtMs { get; set; }

    /// <summary>When no further notification may join; null before.</summary>
    public long? SealedAtMs { get; set; }

    public int Attempts { get; set; }

    public long? LastAttemptMs { get; set; }

    /// <summary>When it was delivered, given up or decided not to be sent.</summary>
    public long? FinishedAtMs { get; set; }

    /// <summary>The last failure, or why nobody was told; never a secret.</summary>
    public string? Detail { get; set; }

    public List<DeliveryItemRow> Items { get; } = [];
}

/// <summary>A notification inside a delivery. A receiver has a key once: that is the deduplication.</summary>
public sealed class DeliveryItemRow
{
    public long DeliveryId { get; set; }

    public long NotificationId { get; set; }

    public required string Receiver { get; set; }

    public required string Key { get; set; }

    public long? IncidentId { get; set; }
}

/// <summary>A silence or a recurring maintenance window.</summary>
public sealed class SilenceRow
{
    public long Id { get; set; }

    /// <summary>JSON of the <c>SilenceSpecification</c>: matchers, recurrence.</summary>
    public required string Specification { get; set; }

    public long StartsAtMs { get; set; }

    /// <summary>Null for a maintenance window without an end.</summary>
    public long? EndsAtMs { get; set; }

    public required string CreatedBy { get; set; }

    public long CreatedAtMs { get; set; }
}

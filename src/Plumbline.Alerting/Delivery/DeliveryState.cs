namespace Plumbline.Alerting.Delivery;

/// <summary>What became of a notification, or of a message to a receiver. The numbers are stored.</summary>
public enum DeliveryState
{
    /// <summary>To be sent: it waits for its group, for the digest's hour or for the next attempt.</summary>
    Waiting = 0,

    Delivered = 1,

    /// <summary>Given up: the receiver refused it, was removed, or could not be reached for too long.</summary>
    Failed = 2,

    /// <summary>Nobody was told, because of a silence.</summary>
    Silenced = 3,

    /// <summary>Nobody was told, because of what causes it.</summary>
    Inhibited = 4,

    /// <summary>Nobody was told, because no receiver takes it.</summary>
    Unrouted = 5,

    /// <summary>Not told again: the receiver has this key already.</summary>
    Duplicate = 6,
}

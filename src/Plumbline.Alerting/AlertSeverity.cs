namespace Plumbline.Alerting;

/// <summary>How urgent an alert is. The order counts: a receiver takes what is at least as severe as its minimum.</summary>
public enum AlertSeverity
{
    /// <summary>Worth knowing, never worth waking anybody: goes to the daily digest and nowhere else.</summary>
    Digest,

    /// <summary>Somebody should look during working hours.</summary>
    Warning,

    /// <summary>Somebody must look now.</summary>
    Critical,
}

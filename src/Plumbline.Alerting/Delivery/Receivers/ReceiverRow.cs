namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>A receiver that was declared over the API or on the page. Those of the configuration file are not stored.</summary>
public sealed class ReceiverRow
{
    public required string Name { get; set; }

    /// <summary>JSON of the <c>ReceiverSpecification</c> without its secrets.</summary>
    public required string Specification { get; set; }

    /// <summary>The secrets, encrypted with the keys in the data folder; null for none.</summary>
    public string? Secrets { get; set; }

    public long ChangedAtMs { get; set; }

    public required string ChangedBy { get; set; }
}

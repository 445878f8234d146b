using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Registry.Outbound;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>What the configuration lets targets do.</summary>
public sealed class TargetPermissions(DeliveryOptions delivery, RetrainingOptions options)
{
    /// <summary>Programs that may be started, by their full path.</summary>
    public IReadOnlyList<string> Commands => options.Commands;

    /// <summary>Whether an address may be link-local.</summary>
    public bool AllowLinkLocal => delivery.AllowLinkLocal;

    /// <summary>How long a target may take to answer.</summary>
    public TimeSpan Timeout => delivery.Timeout;

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan RetryPause => delivery.RetryPause;

    /// <summary>Null when the URL can be used, else why not. Places in it count as any text.</summary>
    public string? CheckUrl(string url) =>
        OutboundAddress.CheckUrl(
            url.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal),
            AllowLinkLocal
        );
}

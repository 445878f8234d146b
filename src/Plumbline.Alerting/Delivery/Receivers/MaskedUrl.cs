namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>A URL as it is shown.</summary>
public static class MaskedUrl
{
    /// <summary>The URL without its query, where tokens tend to be.</summary>
    public static string? Of(string? url) => url is not null && url.IndexOf('?') is >= 0 and var at ? url[..at] + "?…" : url;
}

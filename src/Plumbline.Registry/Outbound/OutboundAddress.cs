using System.Net;
using System.Net.Sockets;

namespace Plumbline.Registry.Outbound;

/// <summary>
/// Where messages may go. Private networks and loopback are allowed, because that is where a self-hosted Alertmanager or mail relay lives;
/// link-local addresses and the metadata addresses of clouds are not, because they hand out a machine's credentials. Checked twice: when a
/// receiver is declared, and for the resolved address when a connection is made, so that a name which changes its address does not get
/// around it.
/// </summary>
public static class OutboundAddress
{
    /// <summary>Longest URL that is taken, in characters.</summary>
    public const int MaxUrlLength = 2048;

    private static readonly IPNetwork[] Refused =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        // Metadata addresses of clouds that are not link-local.
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("fd20:ce::254/128"),
        IPNetwork.Parse("fd00:42::42/128"),
        IPNetwork.Parse("fd00:c1::a9fe:a9fe/128"),
        // Protocol assignments: a cloud's metadata is at 192.0.0.192, the rest has no host that a message could be for.
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("168.63.129.16/32"),
        // Addresses of the network itself (AS112, AMT, relays of 6to4, discard, segment routing): none is a machine that takes messages.
        IPNetwork.Parse("192.31.196.0/24"),
        IPNetwork.Parse("192.52.193.0/24"),
        IPNetwork.Parse("192.175.48.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("100::/64"),
        IPNetwork.Parse("100:0:0:1::/64"),
        IPNetwork.Parse("2620:4f:8000::/48"),
        IPNetwork.Parse("5f00::/16"),
        // "Any" addresses reach this machine by another name; multicast and broadcast reach many.
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("ff00::/8"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    private static readonly string[] RefusedNames = ["metadata", "metadata.google.internal", "instance-data"];

    /// <summary>Null when the URL can be used, else why not. The URL itself is not repeated: it may hold a secret.</summary>
    public static string? CheckUrl(string text, bool allowLinkLocal)
    {
        if (text.Length > MaxUrlLength)
            return $"at most {MaxUrlLength} characters.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return "a URL that starts with https:// or http:// is needed.";
        if (uri.UserInfo.Length > 0)
            return "user and password do not belong into a URL; use authorization.";
        if (uri.Fragment.Length > 0)
            return "a '#' part is never sent; remove it.";
        return CheckHost(uri.IdnHost, allowLinkLocal);
    }

    /// <summary>The same for a name or an address.</summary>
    public static string? CheckHost(string host, bool allowLinkLocal)
    {
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
            return "that is not the name or address of a machine.";
        if (allowLinkLocal)
            return null;
        var refused = IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? IsRefused(address)
            : RefusedNames.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase);
        return refused ? "link-local and cloud metadata addresses are refused (delivery.allow_link_local)." : null;
    }

    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Resolves and connects, to an allowed address only.</summary>
    /// <exception cref="SocketException">Nothing answers there.</exception>
    /// <exception cref="OutboundRefusedException">The name leads to an address that is refused.</exception>
    public static async Task<Socket> ConnectAsync(DnsEndPoint target, bool allowLinkLocal, CancellationToken cancellation)
    {
        var resolved = IPAddress.TryParse(target.Host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var allowed = allowLinkLocal ? resolved : [.. resolved.Where(address => !IsRefused(address))];
        if (allowed.Length == 0 && resolved.Length > 0)
        {
            throw new OutboundRefusedException(
                $"'{target.Host}' leads to a link-local or cloud metadata address; these are refused (delivery.allow_link_local)"
            );
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsRefused(IPAddress address) =>
        Refused.Any(network => network.Contains(address))
        || EmbeddedAddress.Of(address).Any(embedded => Refused.Any(network => network.Contains(embedded)));
}

/// <summary>A connection was not made because its address is refused.</summary>
public sealed class OutboundRefusedException(string message) : Exception(message);

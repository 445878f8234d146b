using System.Net.Sockets;

namespace Plumbline.Registry.Outbound;

/// <summary>Connections of HTTP to where the configuration says, and nowhere else: no redirect is followed, no cookie kept.</summary>
public static class OutboundSockets
{
    /// <summary>A handler that resolves and connects through <see cref="OutboundAddress"/>.</summary>
    public static SocketsHttpHandler Handler(bool allowLinkLocal) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = async (context, cancellation) =>
                new NetworkStream(await OutboundAddress.ConnectAsync(context.DnsEndPoint, allowLinkLocal, cancellation), ownsSocket: true),
        };
}

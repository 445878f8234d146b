using System.Net;
using System.Net.Sockets;

namespace Plumbline.Server.Tests.Processes;

/// <summary>
/// A port for a program that cannot say which one the system gave it. Somebody else may take it before that program does: what can say its
/// address takes port 0 instead.
/// </summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Sockets;

namespace Plumbline.Registry.Outbound;

/// <summary>
/// The addresses of IPv4 that an address of IPv6 may lead to, by whatever way they are written into it: a translator or a tunnel on the way
/// turns <c>64:ff9b::a9fe:a9fe</c> into 169.254.169.254, so a check of the outer address alone checks nothing.
/// </summary>
internal static class EmbeddedAddress
{
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork LocalTranslation = IPNetwork.Parse("64:ff9b:1::/48");

    /// <summary>Prefixes whose last four bytes are an address: mapped, compatible, translated (SIIT) and NAT64.</summary>
    private static readonly IPNetwork[] AtTheEnd =
    [
        IPNetwork.Parse("::ffff:0:0/96"),
        IPNetwork.Parse("::/96"),
        IPNetwork.Parse("::ffff:0:0:0/96"),
        IPNetwork.Parse("64:ff9b::/96"),
    ];

    public static IEnumerable<IPAddress> Of(IPAddress address)
    {
        // ::1 looks like 0.0.0.1 in the compatible form, and is this machine.
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            yield break;
        var bytes = address.GetAddressBytes();
        // .NET's networks know nothing of scopes, and an address with one is in none of them.
        var plain = new IPAddress(bytes);
        if (AtTheEnd.Any(network => network.Contains(plain)))
            yield return At(bytes, 12);
        if (SixToFour.Contains(plain))
            yield return At(bytes, 2);
        if (Teredo.Contains(plain))
        {
            yield return At(bytes, 4);
            // The client's address is stored with every bit turned over.
            yield return new IPAddress([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]]);
        }

        if (LocalTranslation.Contains(plain))
        {
            // RFC 6052 allows several lengths of the prefix; byte 8 is left out where the address goes over it.
            yield return new IPAddress([bytes[6], bytes[7], bytes[9], bytes[10]]);
            yield return new IPAddress([bytes[7], bytes[9], bytes[10], bytes[11]]);
            yield return At(bytes, 9);
            yield return At(bytes, 12);
        }

        // ISATAP: an interface id of 0000:5efe or 0200:5efe, whatever the network.
        if (bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe)
            yield return At(bytes, 12);
    }

    private static IPAddress At(byte[] bytes, int offset) => new(bytes.AsSpan(offset, 4));
}

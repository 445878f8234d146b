using System.Net;
using Microsoft.Security.AntiSSRF;
using Plumbline.Registry.Outbound;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>What a well-kept library recommends to deny is refused too, except what is listed here with the reason.</summary>
public sealed class OutboundAddressOracleTests
{
    // Where a self-hosted Alertmanager, relay or webhook lives.
    private static readonly IPNetwork[] PrivateUse = Networks([
        .. IPAddressRanges.privateUse,
        .. IPAddressRanges.loopback,
        .. IPAddressRanges.sharedAddressSpace,
        .. IPAddressRanges.uniqueLocal,
        .. IPAddressRanges.siteLocal,
    ]);

    // Judged by the address that is written into them: on a network of IPv6 alone that is how a machine of IPv4 is reached.
    private static readonly IPNetwork[] Embedding = Networks([.. IPAddressRanges.ipv4Ipv6Translat, .. IPAddressRanges.sixto4, "2001::/23"]);

    // No machine has one, or a proxy on the developer's own machine gives them to names: nothing to protect.
    private static readonly IPNetwork[] NobodysOwn = Networks([.. IPAddressRanges.documentation, .. IPAddressRanges.benchmarking]);

    [Fact]
    public void All_that_the_library_denies_is_refused_but_the_listed_networks()
    {
        var random = new RandomSource(7);
        var refused = 0;
        foreach (var network in Networks(IPAddressRanges.recommendedLatest))
        {
            foreach (var address in Enumerable.Range(0, 200).Select(_ => Draw(network, random)).Append(network.BaseAddress))
            {
                if (PrivateUse.Concat(Embedding).Concat(NobodysOwn).Any(listed => listed.Contains(address)))
                    continue;
                Assert.True(OutboundAddress.IsRefused(address), $"{address} of {network}");
                refused++;
            }
        }

        Assert.InRange(refused, 2_000, int.MaxValue);
    }

    [Fact]
    public void An_address_inside_another_is_judged_like_itself()
    {
        var random = new RandomSource(8);
        foreach (
            var network in Networks([
                .. IPAddressRanges.linkLocal,
                .. IPAddressRanges.imds,
                .. IPAddressRanges.wireserver,
                .. IPAddressRanges.ietfProtocol,
                .. IPAddressRanges.multicast,
            ])
        )
        {
            if (network.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
                continue;
            for (var i = 0; i < 50; i++)
            {
                var inner = Draw(network, random).GetAddressBytes();
                foreach (var outer in new[] { "64:ff9b::{0}", "::ffff:{0}", "::ffff:0:{0}", "2001:db8::5efe:{0}" })
                {
                    var address = IPAddress.Parse(outer.Replace("{0}", string.Join('.', inner), StringComparison.Ordinal));
                    Assert.True(OutboundAddress.IsRefused(address), $"{address} of {network}");
                }

                Assert.True(
                    OutboundAddress.IsRefused(IPAddress.Parse($"2002:{inner[0]:x2}{inner[1]:x2}:{inner[2]:x2}{inner[3]:x2}::1")),
                    $"6to4 of {network}"
                );
            }
        }
    }

    private static IPNetwork[] Networks(string[] texts) => [.. texts.Select(text => IPNetwork.Parse(text))];

    private static IPAddress Draw(IPNetwork network, RandomSource random)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            if (random.NextInt(2) == 1)
                bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}

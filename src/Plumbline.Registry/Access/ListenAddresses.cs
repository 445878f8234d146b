using System.Net;

namespace Plumbline.Registry.Access;

/// <summary>Reads the addresses of <see cref="InstanceOptions.Urls"/>: whether a server that knows nobody may listen there.</summary>
public static class ListenAddresses
{
    /// <summary>One sentence per address that cannot be listened on.</summary>
    public static IEnumerable<string> Validate(string urls)
    {
        var any = false;
        foreach (var url in Split(urls))
        {
            any = true;
            if (!TryParse(url, out _))
                yield return $"urls: '{url}' is not an address like {InstanceOptions.DefaultUrls}.";
        }

        if (!any)
            yield return $"urls: an address is needed, for example {InstanceOptions.DefaultUrls}.";
    }

    /// <summary>True when no address can be reached from another machine.</summary>
    public static bool AllLoopback(string urls) => Split(urls).All(url => TryParse(url, out var address) && IsLoopback(address.Host));

    /// <summary>The names and addresses that are listened on, without the ones that stand for all (<c>*</c>, <c>0.0.0.0</c>).</summary>
    public static IEnumerable<string> Hosts(string urls)
    {
        foreach (var url in Split(urls))
        {
            if (!TryParse(url, out var address) || address.IsUnixPipe || address.Host is "*" or "+")
                continue;
            if (
                IPAddress.TryParse(address.Host.Trim('[', ']'), out var number)
                && (number.Equals(IPAddress.Any) || number.Equals(IPAddress.IPv6Any))
            )
            {
                continue;
            }

            yield return address.Host;
        }
    }

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TryParse(string url, out BindingAddress address)
    {
        try
        {
            address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https";
        }
        catch (FormatException)
        {
            address = BindingAddress.Parse(InstanceOptions.DefaultUrls);
            return false;
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

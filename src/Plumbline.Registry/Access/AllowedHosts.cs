using System.Net;

namespace Plumbline.Registry.Access;

/// <summary>
/// The names that this server answers to: loopback, the host of <c>public_url</c>, the names it listens on and those of
/// <c>access.hosts</c>. Any other name in Host may be one that a page's author has pointed at this machine. With keys or accounts, an
/// address written as a number is one too: nobody can rebind a number, and without a key or a cookie it opens nothing.
/// </summary>
public sealed class AllowedHosts
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly KeyStore _keys;
    private readonly Uri? _public;

    public AllowedHosts(InstanceOptions instance, AccessOptions access, KeyStore keys)
    {
        _public = instance.PublicUrl;
        _keys = keys;
        if (instance.PublicUrl is { } address)
            _names.Add(Plain(address.IdnHost));
        foreach (var name in access.Hosts)
            _names.Add(Plain(name));
        foreach (var name in ListenAddresses.Hosts(instance.Urls))
            _names.Add(Plain(name));
    }

    /// <summary>True when the Host header names this server.</summary>
    public bool Allows(HostString host)
    {
        if (!host.HasValue)
            return false;
        var name = Plain(host.Host);
        if (_names.Contains(name))
            return true;
        return IPAddress.TryParse(name, out var address) && (!_keys.IsEmpty || IPAddress.IsLoopback(address));
    }

    /// <summary>
    /// True when a page of that origin is a page of this server: the one asked (whatever the scheme, since a proxy may have ended TLS), or
    /// public_url's.
    /// </summary>
    public bool IsOwnOrigin(string? origin, HostString host)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Scheme is not ("http" or "https"))
            return false;
        if (
            _public is not null
            && Uri.Compare(page, _public, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        )
        {
            return true;
        }

        var port = host.Port ?? (page.Scheme == "https" ? 443 : 80);
        return port == page.Port && string.Equals(Plain(page.IdnHost), Plain(host.Host), StringComparison.OrdinalIgnoreCase);
    }

    private static string Plain(string host) => host.Trim('[', ']');
}

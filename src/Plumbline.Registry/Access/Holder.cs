using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Registry.Access;

/// <summary>Somebody or something that this server knows: a key or an account, and what it opens.</summary>
/// <param name="Name">By which it is recorded what they did.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Models">Models that they are bound to; empty for all.</param>
/// <param name="Generation">Mark of a cookie; another one whenever what the cookie opens has changed.</param>
internal sealed record Holder(string Name, ApiRole Role, ImmutableArray<string> Models, string Generation)
{
    /// <summary>The ASCII of the upper-case hex of the key's SHA-256; null for an account.</summary>
    public byte[]? Hash { get; private init; }

    /// <summary>When a key ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A key, known by its hash.</summary>
    public static Holder OfKey(string name, ApiRole role, IEnumerable<string> models, string sha256)
    {
        ImmutableArray<string> bound = [.. models];
        var hash = sha256.ToUpperInvariant();
        // A hash of the hash: the cookie is encrypted, but what it holds should not be worth decrypting either.
        var generation = KeyStore.HashOf(
            string.Join('\n', [hash, name, role.ToString().ToUpperInvariant(), .. bound.Order(StringComparer.Ordinal)])
        );
        return new Holder(name, role, bound, generation) { Hash = Encoding.ASCII.GetBytes(hash) };
    }

    /// <summary>An account, known by its stamp.</summary>
    public static Holder OfAccount(string name, ApiRole role, ImmutableArray<string> models, string stamp) =>
        new(name, role, models, KeyStore.HashOf($"account\n{name}\n{stamp}"));

    /// <summary>Whether this is the key with that hash; takes the same time whether it is or not.</summary>
    public bool HasHash(ReadOnlySpan<byte> hash) => Hash is { } own && CryptographicOperations.FixedTimeEquals(hash, own);

    /// <summary>False once the key has expired.</summary>
    public bool HoldsAt(DateTimeOffset now) => ExpiresAt is not { } end || now < end;

    /// <summary>Who they are for the framework.</summary>
    public ClaimsPrincipal Principal(string scheme) => KeyStore.Principal(Name, Role, Models, scheme, Generation);
}

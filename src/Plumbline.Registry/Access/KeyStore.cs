using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Registry.Access;

/// <summary>Knows the configured keys: by what a caller presents, and by the mark that a cookie carries.</summary>
public sealed class KeyStore(AccessOptions access)
{
    /// <summary>Claim of a cookie: which generation of which key it was given for.</summary>
    public const string GenerationClaim = "plumbline:generation";

    /// <summary>True when no key is configured: the server runs open.</summary>
    public bool IsEmpty => access.Keys.Count == 0;

    /// <summary>Who holds this key; null when nobody does.</summary>
    public ClaimsPrincipal? Identify(string key, string scheme)
    {
        var hash = HashOf(key);
        ApiKeyOptions? match = null;
        foreach (var candidate in access.Keys)
        {
            // No early exit: the time taken must not tell which key came close.
            if (
                CryptographicOperations.FixedTimeEquals(
                    Encoding.ASCII.GetBytes(hash),
                    Encoding.ASCII.GetBytes(candidate.Sha256.ToUpperInvariant())
                )
            )
            {
                match = candidate;
            }
        }

        return match is null ? null : PrincipalOf(match, scheme);
    }

    /// <summary>
    /// Who holds the key of a cookie's generation now. Null when the key was taken out of the configuration, was replaced, or has another
    /// role or other models: the cookie is then worth nothing, however long it would still last.
    /// </summary>
    public ClaimsPrincipal? Revive(ClaimsPrincipal cookie, string scheme)
    {
        var generation = cookie.FindFirst(GenerationClaim)?.Value;
        var match = generation is null ? null : access.Keys.FirstOrDefault(key => GenerationOf(key) == generation);
        return match is null ? null : PrincipalOf(match, scheme);
    }

    /// <summary>SHA-256 of a key, upper-case hex.</summary>
    internal static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    internal static ClaimsPrincipal Principal(
        string name,
        ApiRole role,
        IReadOnlyList<string> models,
        string scheme,
        string? generation = null
    )
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, name), new(ApiKeyAuthentication.RoleClaim, role.ToString()) };
        if (generation is not null)
            claims.Add(new(GenerationClaim, generation));
        claims.AddRange(models.Select(model => new Claim(ApiKeyAuthentication.ModelClaim, model)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    private static ClaimsPrincipal? PrincipalOf(ApiKeyOptions key, string scheme) =>
        ApiRoles.TryParse(key.Role, out var role) ? Principal(key.Name, role, key.Models, scheme, GenerationOf(key)) : null;

    // A hash of the hash: the cookie is encrypted, but what it holds should not be worth decrypting either.
    private static string GenerationOf(ApiKeyOptions key) =>
        HashOf(
            string.Join(
                '\n',
                [key.Sha256.ToUpperInvariant(), key.Name, key.Role.ToUpperInvariant(), .. key.Models.Order(StringComparer.Ordinal)]
            )
        );
}

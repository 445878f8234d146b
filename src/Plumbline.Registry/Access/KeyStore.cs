using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Registry.Access;

/// <summary>
/// Knows everybody who may call: the keys of the configuration file, those that were made since, and accounts; by what a caller presents,
/// and by the mark that a cookie carries.
/// </summary>
public sealed class KeyStore : IDisposable
{
    /// <summary>Claim of a cookie: which generation of which key or account it was given for.</summary>
    public const string GenerationClaim = "plumbline:generation";

    // A timer takes 49 days at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly ITimer _expiry;
    private readonly ImmutableArray<Holder> _configured;
    private ImmutableArray<Holder> _made = [];
    private ImmutableArray<Holder> _accounts = [];
    private ImmutableArray<string> _accountNames = [];
    private ImmutableArray<Holder> _own = [];

    public KeyStore(AccessOptions access, TimeProvider time)
    {
        _time = time;
        _configured =
        [
            .. from key in access.Keys
            let role = ApiRoles.TryParse(key.Role, out var known) ? known : (ApiRole?)null
            where role is not null
            select Holder.OfKey(key.Name, role.Value, key.Models, key.Sha256),
        ];
        _expiry = time.CreateTimer(_ => Publish(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Somebody may be known no more, or be somebody else: what was found out before has to be asked again.</summary>
    public event EventHandler? Changed;

    /// <summary>
    /// True when there is neither a key nor an account: the server runs open. An expired key and an account that is switched off count too;
    /// a server does not open by itself.
    /// </summary>
    public bool IsEmpty => HasNoKeys && _accountNames.IsEmpty;

    /// <summary>Whether a key of the configuration file is an administrator's.</summary>
    internal bool HasConfiguredAdmin => _configured.Any(key => key is { Role: ApiRole.Admin, Models.IsEmpty: true });

    /// <summary>Whether an administrator can sign in with a password.</summary>
    internal bool HasAdminAccount => _accounts.Any(account => account is { Role: ApiRole.Admin, Models.IsEmpty: true });

    /// <summary>Whether there is no key at all, whatever accounts there are.</summary>
    internal bool HasNoKeys => _configured.IsEmpty && _made.IsEmpty;

    /// <summary>Whether there is no account, whatever keys there are.</summary>
    internal bool HasNoAccounts => _accountNames.IsEmpty;

    private IEnumerable<Holder> Keys => _configured.Concat(_made).Concat(_own);

    /// <summary>Who holds this key; null when nobody does.</summary>
    public ClaimsPrincipal? Identify(string key, string scheme)
    {
        var hash = Encoding.ASCII.GetBytes(HashOf(key));
        Holder? match = null;
        foreach (var candidate in Keys)
        {
            // No early exit: the time taken must not tell which key came close.
            if (candidate.HasHash(hash))
                match = candidate;
        }

        return match?.HoldsAt(_time.GetUtcNow()) == true ? match.Principal(scheme) : null;
    }

    /// <summary>
    /// Whose a cookie's generation is now. Null when the key or the account is gone, was replaced or switched off, or has another role or
    /// other models: the cookie is then worth nothing, however long it would still last.
    /// </summary>
    public ClaimsPrincipal? Revive(ClaimsPrincipal cookie, string scheme) => Find(cookie)?.Principal(scheme);

    /// <summary>Whether what was found out about who is signed in is still so.</summary>
    public bool IsStill(ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == GenerationClaim) ? Find(user) is not null : IsEmpty;

    /// <inheritdoc/>
    public void Dispose() => _expiry.Dispose();

    /// <summary>SHA-256 of a key, upper-case hex.</summary>
    internal static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A new key. Not from a seeded source: a key that can be repeated can be guessed.</summary>
    internal static string NewKey() => "plk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

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

    /// <summary>Whether a key or an account has this name: what is recorded under it must be of one of them.</summary>
    internal bool HasName(string name) =>
        Keys.Select(key => key.Name).Concat(_accountNames).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>From now on these are the keys that were made while the server runs.</summary>
    internal void UseMade(IEnumerable<Holder> keys)
    {
        _made = [.. keys];
        Publish();
    }

    /// <summary>From now on these are the accounts.</summary>
    /// <param name="enabled">Those that may sign in.</param>
    /// <param name="names">Names of all of them.</param>
    internal void UseAccounts(IEnumerable<Holder> enabled, IEnumerable<string> names)
    {
        (_accounts, _accountNames) = ([.. enabled], [.. names]);
        Publish();
    }

    /// <summary>A key by which a part of this process calls its own server. A server that runs open stays so.</summary>
    internal void UseOwn(string name, string key, ApiRole role) => _own = [Holder.OfKey(name, role, [], HashOf(key))];

    private Holder? Find(ClaimsPrincipal user)
    {
        var generation = user.FindFirst(GenerationClaim)?.Value;
        var match = generation is null ? null : Keys.Concat(_accounts).FirstOrDefault(holder => holder.Generation == generation);
        return match?.HoldsAt(_time.GetUtcNow()) == true ? match : null;
    }

    private void Publish()
    {
        var now = _time.GetUtcNow();
        if (_made.Where(key => key.ExpiresAt > now).Min(key => key.ExpiresAt) is { } next)
            _expiry.Change(next - now < LongestWait ? next - now : LongestWait, Timeout.InfiniteTimeSpan);
        Changed?.Invoke(this, EventArgs.Empty);
    }
}

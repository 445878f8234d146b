using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>All API keys: those of the configuration file, which only a restart changes, and those that were made since.</summary>
public sealed class ApiKeyCatalog(
    IDbContextFactory<StateDbContext> state,
    AccessOptions access,
    KeyStore keys,
    TimeProvider time,
    ILogger<ApiKeyCatalog> log
) : IDisposable
{
    /// <summary>At most so many keys besides those of the configuration file.</summary>
    public const int MaxKeys = 1000;

    private const string FirstIsAdmin =
        "this server runs open; the first key must have the role admin, all models and no end: nobody could make others without one.";

    private const string LastKey =
        "This is the last way in for an administrator: nobody could make accounts or keys any more, or the server would run open. "
        + "Make an account with the role admin first.";

    private readonly SemaphoreSlim _changing = new(1, 1);
    private ImmutableArray<ApiKey> _made = [];

    /// <summary>Ordered by name. An immutable snapshot.</summary>
    public ImmutableArray<ApiKey> All =>
        [.. _made.Concat(access.Keys.Select(ApiKey.Of)).OrderBy(key => key.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Reads what is stored. Called before anybody is answered.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        Publish((await db.ApiKeys.AsNoTracking().ToListAsync(cancellation)).Select(ApiKey.Read));
    }

    /// <summary>
    /// Makes a key. Where the server runs open it must be a lasting one of an administrator: from then on everybody is asked.
    /// </summary>
    public async Task<Outcome<MadeKey>> MakeAsync(KeySpecification given, string by, CancellationToken cancellation)
    {
        var errors = new List<FieldError>();
        AccountRules.CheckName(given.Name, errors);
        var role = AccountRules.KeyRole(given.Role, errors);
        var models = AccountRules.Models(given.Models, errors);
        var now = time.GetUtcNow();
        if (given.ExpiresAt <= now)
            errors.Add(new("expires_at", "it must be in the future."));
        if (errors.Count > 0)
            return Outcome<MadeKey>.Wrong(errors);
        using var turn = await _changing.EnterAsync(cancellation);
        if (keys.IsEmpty && (role != ApiRole.Admin || !models.IsEmpty || given.ExpiresAt is not null))
            return Outcome<MadeKey>.Wrong([new("role", FirstIsAdmin)]);
        var name = given.Name!;
        if (keys.HasName(name))
            return Outcome<MadeKey>.Against("name_taken", $"There is an account or a key '{name}' already; choose another name.");
        if (_made.Length >= MaxKeys)
            return Outcome<MadeKey>.Against("too_many_keys", $"There are {_made.Length} keys already; at most {MaxKeys}.");
        var text = KeyStore.NewKey();
        var key = new ApiKey
        {
            Name = name,
            Role = role,
            Models = models,
            Source = KeySource.Made,
            ExpiresAt = given.ExpiresAt?.ToUniversalTime(),
            CreatedAt = now,
            CreatedBy = by,
            Sha256 = KeyStore.HashOf(text).ToLowerInvariant(),
        };
        await using (var db = await state.CreateDbContextAsync(cancellation))
        {
            db.ApiKeys.Add(key.Write());
            await db.SaveChangesAsync(cancellation);
        }

        Publish([.. _made, key]);
        log.KeyChanged(name, "made", by);
        return Outcome<MadeKey>.Done(new MadeKey(key, text));
    }

    /// <summary>Revokes a key: it opens nothing from now on, and neither does a cookie that it was exchanged for.</summary>
    /// <returns>The key that was; null when there is none of that name.</returns>
    public async Task<Outcome<ApiKey>?> RevokeAsync(string name, string by, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        if (_made.FirstOrDefault(key => IsCalled(key.Name, name)) is not { } present)
        {
            return access.Keys.Any(key => IsCalled(key.Name, name))
                ? Outcome<ApiKey>.Against("key_configured", $"'{name}' is a key of the configuration file (access.keys); remove it there.")
                : null;
        }

        if (IsLastWayIn(present))
            return Outcome<ApiKey>.Against("last_key", LastKey);
        await using (var db = await state.CreateDbContextAsync(cancellation))
            await db.ApiKeys.Where(row => row.Key == Account.KeyOf(present.Name)).ExecuteDeleteAsync(cancellation);
        Publish(_made.Remove(present));
        log.KeyChanged(present.Name, "revoked", by);
        return Outcome<ApiKey>.Done(present);
    }

    public void Dispose() => _changing.Dispose();

    private bool IsLastWayIn(ApiKey key)
    {
        if (keys.HasConfiguredAdmin || keys.HasAdminAccount)
            return false;
        var others = _made.Remove(key);
        return (key.IsLastingAdmin && !others.Any(other => other.IsLastingAdmin))
            || (others.IsEmpty && access.Keys.Count == 0 && keys.HasNoAccounts);
    }

    private static bool IsCalled(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    private void Publish(IEnumerable<ApiKey> made)
    {
        _made = [.. made];
        keys.UseMade(_made.Select(key => key.Holder));
    }
}

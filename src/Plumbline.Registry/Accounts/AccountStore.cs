using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>
/// All accounts. Whatever changes what a cookie of an account opens gives it another stamp, which ends its cookies and open pages.
/// </summary>
public sealed class AccountStore(IDbContextFactory<StateDbContext> state, KeyStore keys, TimeProvider time, ILogger<AccountStore> log)
    : IDisposable
{
    /// <summary>At most so many accounts.</summary>
    public const int MaxAccounts = 1000;

    private const int StampBytes = 16;
    private const string FirstIsAdmin = "the first account must have the role admin: nobody could make others without one.";

    private readonly Passwords _passwords = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private ImmutableArray<Account> _all = [];

    // Of a later version of this program. They open nothing, and the server does not run open because of them.
    private ImmutableArray<string> _unreadable = [];

    /// <summary>Ordered by name. An immutable snapshot.</summary>
    public ImmutableArray<Account> All => _all;

    /// <summary>The account of a name, whatever its case.</summary>
    public Account? Find(string name) =>
        _all.FirstOrDefault(account => string.Equals(account.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads what is stored. Called before anybody is answered.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.Accounts.AsNoTracking().ToListAsync(cancellation);
        foreach (var row in rows.Where(row => Account.Read(row) is null))
        {
            log.RoleUnknown(row.Name, row.Role);
            _unreadable = _unreadable.Add(row.Name);
        }

        Publish(rows.Select(Account.Read).OfType<Account>());
    }

    /// <summary>Makes an account. Where the server runs open it must be an administrator's: from then on everybody signs in.</summary>
    public async Task<Outcome<Account>> AddAsync(AccountSpecification given, string by, CancellationToken cancellation)
    {
        var errors = new List<FieldError>();
        AccountRules.CheckName(given.Name, errors);
        var name = given.Name ?? "";
        var displayName = string.IsNullOrWhiteSpace(given.DisplayName) ? name : given.DisplayName.Trim();
        if (displayName != name)
            AccountRules.CheckDisplayName(displayName, errors);
        var role = AccountRules.AccountRole(given.Role, errors);
        var models = AccountRules.Models(given.Models, errors);
        AccountRules.CheckBinding(role, models, errors);
        AccountRules.CheckPassword(given.Password, name, errors);
        if (errors.Count > 0)
            return Outcome<Account>.Wrong(errors);
        using var turn = await _changing.EnterAsync(cancellation);
        if (keys.IsEmpty && role != ApiRole.Admin)
            return Outcome<Account>.Wrong([new("role", FirstIsAdmin)]);
        if (keys.HasName(name))
            return Outcome<Account>.Against("name_taken", $"There is an account or a key '{name}' already; choose another name.");
        if (_all.Length >= MaxAccounts)
            return Outcome<Account>.Against("too_many_accounts", $"There are {_all.Length} accounts already; at most {MaxAccounts}.");
        var account = new Account
        {
            Name = name,
            DisplayName = displayName,
            Role = role,
            Models = models,
            Enabled = true,
            CreatedAt = time.GetUtcNow(),
            CreatedBy = by,
            PasswordHash = _passwords.Hash(given.Password!),
            Stamp = NewStamp(),
        };
        await using (var db = await state.CreateDbContextAsync(cancellation))
        {
            db.Accounts.Add(account.Write());
            await db.SaveChangesAsync(cancellation);
        }

        Publish([.. _all, account]);
        log.AccountChanged(name, "made", by);
        return Outcome<Account>.Done(account);
    }

    /// <summary>Changes an account that is there.</summary>
    /// <returns>The account as it is now; null when there is none of that name.</returns>
    public async Task<Outcome<Account>?> ChangeAsync(string name, AccountChange change, string by, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        if (Find(name) is not { } present)
            return null;
        var errors = new List<FieldError>();
        var account = present with
        {
            DisplayName = change.DisplayName?.Trim() ?? present.DisplayName,
            Role = change.Role is null ? present.Role : AccountRules.AccountRole(change.Role, errors),
            Models = change.Models is null ? present.Models : AccountRules.Models(change.Models, errors),
            Enabled = change.Enabled ?? present.Enabled,
        };
        AccountRules.CheckDisplayName(account.DisplayName, errors);
        AccountRules.CheckBinding(account.Role, account.Models, errors);
        if (change.Password is not null)
            AccountRules.CheckPassword(change.Password, account.Name, errors);
        if (errors.Count > 0)
            return Outcome<Account>.Wrong(errors);
        if (present.IsAdmin && !account.IsAdmin && IsLastAdmin(present))
            return LastAdmin(present);
        if (change.Password is not null)
            account = account with { PasswordHash = _passwords.Hash(change.Password) };
        if (Opens(account) != Opens(present))
            account = account with { Stamp = NewStamp() };
        await SaveAsync(account, cancellation);
        log.AccountChanged(account.Name, WordOf(present, account), by);
        return Outcome<Account>.Done(account);
    }

    /// <summary>Removes an account. What it did stays recorded under its name.</summary>
    /// <returns>The account that was; null when there is none of that name.</returns>
    public async Task<Outcome<Account>?> RemoveAsync(string name, string by, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        if (Find(name) is not { } present)
            return null;
        if (present.IsAdmin && IsLastAdmin(present))
            return LastAdmin(present);
        if (_all.Length == 1 && keys.HasNoKeys)
            return Outcome<Account>.Against("last_account", "This is the last account and there is no key: the server would run open.");
        await using (var db = await state.CreateDbContextAsync(cancellation))
            await db.Accounts.Where(row => row.Key == Account.KeyOf(present.Name)).ExecuteDeleteAsync(cancellation);
        Publish(_all.Remove(present));
        log.AccountChanged(present.Name, "removed", by);
        return Outcome<Account>.Done(present);
    }

    /// <summary>Whether this is the password of an account that may sign in; in the same time when there is none of that name.</summary>
    /// <returns>The account; null when not.</returns>
    internal async Task<Account?> VerifyAsync(string name, string password, CancellationToken cancellation)
    {
        var present = Find(name);
        var account = present is { Enabled: true } ? present : null;
        var (isRight, newHash) = _passwords.Verify(account?.PasswordHash, password);
        if (!isRight)
            return null;
        if (newHash is not null)
            await ChangeQuietlyAsync(account!, now => now with { PasswordHash = newHash }, cancellation);
        return account;
    }

    /// <summary>Records that somebody signed in.</summary>
    internal async Task SignedInAsync(Account account, string from, CancellationToken cancellation)
    {
        await ChangeQuietlyAsync(account, now => now with { LastSignInAt = time.GetUtcNow() }, cancellation);
        log.SignedIn(account.Name, from);
    }

    public void Dispose() => _changing.Dispose();

    // Changes what no cookie depends on, unless the account is another one by now.
    private async Task ChangeQuietlyAsync(Account known, Func<Account, Account> change, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        if (Find(known.Name) is { } present && present.Stamp == known.Stamp)
            await SaveAsync(change(present), cancellation);
    }

    private async Task SaveAsync(Account account, CancellationToken cancellation)
    {
        await using (var db = await state.CreateDbContextAsync(cancellation))
        {
            db.Accounts.Update(account.Write());
            await db.SaveChangesAsync(cancellation);
        }

        Publish([.. _all.Where(other => other.Name != account.Name), account]);
    }

    private bool IsLastAdmin(Account account) =>
        !keys.HasConfiguredAdmin && !_all.Any(other => other.IsAdmin && other.Name != account.Name);

    private static Outcome<Account> LastAdmin(Account account) =>
        Outcome<Account>.Against(
            "last_admin",
            $"'{account.Name}' is the last administrator who can sign in, and no key with the role admin is configured: nobody could "
                + "make accounts or keys any more. Make another account with the role admin first."
        );

    private static string Opens(Account account) =>
        string.Join('\n', [account.PasswordHash, account.Role.Word(), $"{account.Enabled}", .. account.Models]);

    private static string WordOf(Account before, Account after) =>
        before.Enabled != after.Enabled ? (after.Enabled ? "enabled" : "disabled")
        : before.PasswordHash != after.PasswordHash ? "given another password"
        : "changed";

    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(StampBytes));

    private void Publish(IEnumerable<Account> accounts)
    {
        _all = [.. accounts.OrderBy(account => account.Name, StringComparer.OrdinalIgnoreCase)];
        keys.UseAccounts(
            _all.Where(account => account.Enabled).Select(account => account.Holder),
            _all.Select(account => account.Name).Concat(_unreadable)
        );
    }
}

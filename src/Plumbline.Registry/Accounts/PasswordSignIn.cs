using System.Net;
using System.Security.Claims;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>
/// Whether somebody is who they say. Wrong answers are slowed down by address and by name, and while a pause lasts nothing is compared.
/// </summary>
public sealed class PasswordSignIn(AccountStore accounts, LockOut lockOut, ILogger<PasswordSignIn> log)
{
    internal const string UnknownPlace = "an address that is not known";

    /// <summary>Whose name and password these are.</summary>
    /// <param name="name">The sign-in name.</param>
    /// <param name="password">The password.</param>
    /// <param name="address">Where from; null where that is not known.</param>
    /// <param name="scheme">What the answer is for.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Who it is; or how long to wait; or neither: the name or the password is wrong, or the account is switched off.</returns>
    public async Task<(ClaimsPrincipal? Who, TimeSpan? Pause)> CheckAsync(
        string name,
        string password,
        IPAddress? address,
        string scheme,
        CancellationToken cancellation
    )
    {
        var place = address?.ToString() ?? UnknownPlace;
        if (lockOut.PauseOf(address, MarkOf(name)) is { } pause)
        {
            log.SignInRefused(place, WhoseName(name), "it was wrong too often");
            return (null, pause);
        }

        if (await accounts.VerifyAsync(name, password, cancellation) is not { } account)
        {
            lockOut.Wrong(address, MarkOf(name));
            log.SignInRefused(place, WhoseName(name), "the password is wrong, or the account is switched off");
            return (null, null);
        }

        await accounts.SignedInAsync(account, place, cancellation);
        return (account.Holder.Principal(scheme), null);
    }

    /// <summary>Gives somebody another password, who knows the present one. It ends their cookies and open pages.</summary>
    public async Task<Outcome<Account>> ChangeOwnAsync(string name, string present, string next, CancellationToken cancellation)
    {
        if (lockOut.PauseOf(MarkOf(name)) is { } pause)
        {
            return Outcome<Account>.Wrong([
                new("present", $"it was wrong too often; try again in {ApiKeyAuthentication.RetryAfter(pause)} s."),
            ]);
        }

        var errors = new List<FieldError>();
        AccountRules.CheckPassword(next, name, errors, "next");
        if (errors.Count == 0 && next == present)
            errors.Add(new("next", "it is the present one."));
        if (errors.Count > 0)
            return Outcome<Account>.Wrong(errors);
        if (await accounts.VerifyAsync(name, present, cancellation) is null)
        {
            lockOut.Wrong(MarkOf(name));
            return Outcome<Account>.Wrong([new("present", "it is not the password of this account.")]);
        }

        return await accounts.ChangeAsync(name, new AccountChange { Password = next }, name, cancellation)
            ?? Outcome<Account>.Wrong([new("present", "the account is gone.")]);
    }

    // A name that is none of an account is not repeated: people type passwords into the wrong field.
    private string WhoseName(string name) =>
        accounts.All.FirstOrDefault(account => Account.KeyOf(account.Name) == Account.KeyOf(name))?.Name ?? "no account";

    // What lock-outs are counted by, beside keys.
    private static string MarkOf(string name) => $"account\n{Account.KeyOf(name)}";
}

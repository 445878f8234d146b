using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Registry.Accounts;

/// <summary>What is done to accounts and keys.</summary>
public static class AccountCommands
{
    /// <summary>Makes an account.</summary>
    public static Command Add { get; } = new("account.add", ApiRole.Admin);

    /// <summary>Changes an account: its role, models, password, whether it is switched on.</summary>
    public static Command Change { get; } = new("account.change", ApiRole.Admin);

    /// <summary>Removes an account.</summary>
    public static Command Remove { get; } = new("account.remove", ApiRole.Admin);

    /// <summary>Gives oneself another password.</summary>
    public static Command ChangeOwnPassword { get; } = new("account.change_own_password", ApiRole.Annotate) { IsOwn = true };

    /// <summary>Makes a key.</summary>
    public static Command MakeKey { get; } = new("key.make", ApiRole.Admin);

    /// <summary>Revokes a key.</summary>
    public static Command RevokeKey { get; } = new("key.revoke", ApiRole.Admin);
}

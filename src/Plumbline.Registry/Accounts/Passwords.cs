using Microsoft.AspNetCore.Identity;

namespace Plumbline.Registry.Accounts;

/// <summary>Hashes passwords with the framework's own hasher, and compares them in the same time whoever is asked about.</summary>
internal sealed class Passwords
{
    // The hasher asks who it is for and does nothing with it.
    private static readonly object Anybody = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly Lazy<string> _nobodys;

    public Passwords() => _nobodys = new(() => Hash(Guid.NewGuid().ToString()));

    public string Hash(string password) => _hasher.HashPassword(Anybody, password);

    /// <summary>Compares.</summary>
    /// <param name="hash">The stored hash; null where there is nobody of that name: it takes as long then.</param>
    /// <param name="password">What was typed.</param>
    /// <returns>Whether it is the password, and the hash to store instead where the stored one was made with less work.</returns>
    public (bool IsRight, string? NewHash) Verify(string? hash, string password)
    {
        // Made before it is known whether it is needed: the first sign-in takes longer whoever it is for.
        var compared = hash ?? _nobodys.Value;
        _ = _nobodys.Value;
        var result = _hasher.VerifyHashedPassword(Anybody, compared, password.Length > AccountRules.MaxPassword ? "" : password);
        if (hash is null || result == PasswordVerificationResult.Failed)
            return (false, null);
        return (true, result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null);
    }
}

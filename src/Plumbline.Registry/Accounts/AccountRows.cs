using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Accounts;

/// <summary>Somebody who signs in with a password.</summary>
public sealed class AccountRow
{
    /// <summary>The name in lower case: names that differ in nothing else are one.</summary>
    public required string Key { get; set; }

    /// <summary>The sign-in name as it was given.</summary>
    public required string Name { get; set; }

    public required string DisplayName { get; set; }

    public required string Role { get; set; }

    /// <summary>JSON list of the names of models that the account is bound to.</summary>
    public required string Models { get; set; }

    public required string PasswordHash { get; set; }

    public bool Enabled { get; set; }

    /// <summary>Random; another one whenever what a cookie of this account opens has changed.</summary>
    public required string Stamp { get; set; }

    public long CreatedAtMs { get; set; }

    public required string CreatedBy { get; set; }

    public long? LastSignInMs { get; set; }
}

/// <summary>An API key that was made while the server ran. Those of the configuration file are not stored.</summary>
public sealed class ApiKeyRow
{
    /// <summary>The name in lower case.</summary>
    public required string Key { get; set; }

    public required string Name { get; set; }

    /// <summary>Lower-case hex of SHA-256 over the UTF-8 key.</summary>
    public required string Sha256 { get; set; }

    public required string Role { get; set; }

    /// <summary>JSON list of the names of models that the key is bound to.</summary>
    public required string Models { get; set; }

    /// <summary>When it ends; null for never.</summary>
    public long? ExpiresAtMs { get; set; }

    public long CreatedAtMs { get; set; }

    public required string CreatedBy { get; set; }
}

/// <summary>The tables of accounts and keys in the state database.</summary>
public static class AccountTables
{
    extension(StateDbContext db)
    {
        public DbSet<AccountRow> Accounts => db.Set<AccountRow>();

        public DbSet<ApiKeyRow> ApiKeys => db.Set<ApiKeyRow>();
    }

    internal sealed class AccountRowMapping : IEntityTypeConfiguration<AccountRow>
    {
        public void Configure(EntityTypeBuilder<AccountRow> account)
        {
            account.ToTable("account");
            account.HasKey(row => row.Key);
        }
    }

    internal sealed class ApiKeyRowMapping : IEntityTypeConfiguration<ApiKeyRow>
    {
        public void Configure(EntityTypeBuilder<ApiKeyRow> key)
        {
            key.ToTable("api_key");
            key.HasKey(row => row.Key);
        }
    }
}

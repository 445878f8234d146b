using System.Collections.Immutable;
using System.Text.Json;
using Plumbline.Registry.Access;

namespace Plumbline.Registry.Accounts;

/// <summary>Somebody who signs in with a password, as stored. Immutable.</summary>
public sealed record Account
{
    /// <summary>The sign-in name, by which it is recorded what they did; upper and lower case do not count.</summary>
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required ApiRole Role { get; init; }

    /// <summary>Models that the account is bound to; empty for all.</summary>
    public required ImmutableArray<string> Models { get; init; }

    public required bool Enabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    public DateTimeOffset? LastSignInAt { get; init; }

    internal string PasswordHash { get; init; } = "";

    internal string Stamp { get; init; } = "";

    /// <summary>Whether this account can do whatever an administrator can.</summary>
    internal bool IsAdmin => this is { Enabled: true, Role: ApiRole.Admin, Models.IsEmpty: true };

    internal Holder Holder => Holder.OfAccount(Name, Role, Models, Stamp);

    internal static string KeyOf(string name) => name.ToLowerInvariant();

    // Null for a role that this program does not know: such an account opens nothing.
    internal static Account? Read(AccountRow row) =>
        ApiRoles.TryParse(row.Role, out var role)
            ? new Account
            {
                Name = row.Name,
                DisplayName = row.DisplayName,
                Role = role,
                Models = JsonSerializer.Deserialize<ImmutableArray<string>>(row.Models),
                Enabled = row.Enabled,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
                CreatedBy = row.CreatedBy,
                LastSignInAt = row.LastSignInMs is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
                PasswordHash = row.PasswordHash,
                Stamp = row.Stamp,
            }
            : null;

    internal AccountRow Write() =>
        new()
        {
            Key = KeyOf(Name),
            Name = Name,
            DisplayName = DisplayName,
            Role = Role.Word(),
            Models = JsonSerializer.Serialize(Models),
            PasswordHash = PasswordHash,
            Enabled = Enabled,
            Stamp = Stamp,
            CreatedAtMs = CreatedAt.ToUnixTimeMilliseconds(),
            CreatedBy = CreatedBy,
            LastSignInMs = LastSignInAt?.ToUnixTimeMilliseconds(),
        };
}

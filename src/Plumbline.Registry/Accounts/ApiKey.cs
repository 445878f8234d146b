using System.Collections.Immutable;
using System.Text.Json;
using Plumbline.Registry.Access;

namespace Plumbline.Registry.Accounts;

/// <summary>Where a key comes from.</summary>
public enum KeySource
{
    /// <summary>The configuration file, which only a restart changes.</summary>
    Configuration,

    /// <summary>The page or the API.</summary>
    Made,
}

/// <summary>An API key without the key: nobody but its holder has that. Immutable.</summary>
public sealed record ApiKey
{
    public required string Name { get; init; }

    public required ApiRole Role { get; init; }

    /// <summary>Models that the key is bound to; empty for all.</summary>
    public required ImmutableArray<string> Models { get; init; }

    public required KeySource Source { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was made; null for one of the configuration file.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Who made it; null for one of the configuration file.</summary>
    public string? CreatedBy { get; init; }

    internal string Sha256 { get; init; } = "";

    /// <summary>Whether whoever has this key can do whatever an administrator can, for as long as they want.</summary>
    internal bool IsLastingAdmin => this is { Role: ApiRole.Admin, Models.IsEmpty: true, ExpiresAt: null };

    internal Holder Holder => Holder.OfKey(Name, Role, Models, Sha256) with { ExpiresAt = ExpiresAt };

    internal static ApiKey Of(ApiKeyOptions key) =>
        new()
        {
            Name = key.Name,
            Role = ApiRoles.TryParse(key.Role, out var role) ? role : ApiRole.Ingest,
            Models = [.. key.Models],
            Source = KeySource.Configuration,
        };

    // A role that this program does not know opens nothing; the row stays, so that the server does not run open without it.
    internal static ApiKey Read(ApiKeyRow row) =>
        new()
        {
            Name = row.Name,
            Role = ApiRoles.TryParse(row.Role, out var role) ? role : ApiRole.Ingest,
            Models = JsonSerializer.Deserialize<ImmutableArray<string>>(row.Models),
            Source = KeySource.Made,
            ExpiresAt = row.ExpiresAtMs is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
            CreatedBy = row.CreatedBy,
            Sha256 = ApiRoles.TryParse(row.Role, out _) ? row.Sha256 : "",
        };

    internal ApiKeyRow Write() =>
        new()
        {
            Key = Account.KeyOf(Name),
            Name = Name,
            Sha256 = Sha256,
            Role = Role.Word(),
            Models = JsonSerializer.Serialize(Models),
            ExpiresAtMs = ExpiresAt?.ToUnixTimeMilliseconds(),
            CreatedAtMs = CreatedAt!.Value.ToUnixTimeMilliseconds(),
            CreatedBy = CreatedBy!,
        };
}

/// <summary>A key that was just made, with the key itself: this is the only time that it is known.</summary>
public sealed record MadeKey(ApiKey Declared, string Key);

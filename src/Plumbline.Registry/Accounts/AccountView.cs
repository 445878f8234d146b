using System.Text.Json.Serialization;
using Plumbline.Registry.Access;

namespace Plumbline.Registry.Accounts;

/// <summary>An account on the wire.</summary>
public sealed record AccountView(
    string Name,
    string DisplayName,
    string Role,
    IReadOnlyList<string> Models,
    bool Enabled,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? LastSignInAt
)
{
    internal static AccountView Of(Account account) =>
        new(
            account.Name,
            account.DisplayName,
            account.Role.Word(),
            account.Models,
            account.Enabled,
            account.CreatedAt,
            account.CreatedBy,
            account.LastSignInAt
        );
}

/// <summary>An API key on the wire.</summary>
public sealed record KeyView(
    string Name,
    string Role,
    IReadOnlyList<string> Models,
    string Source,
    DateTimeOffset? ExpiresAt,
    bool Expired,
    DateTimeOffset? CreatedAt,
    string? CreatedBy
)
{
    /// <summary>The key itself, in the answer that made it and nowhere else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    internal static KeyView Of(ApiKey key, DateTimeOffset now) =>
        new(
            key.Name,
            key.Role.Word(),
            key.Models,
            key.Source == KeySource.Configuration ? "configuration" : "made",
            key.ExpiresAt,
            key.ExpiresAt <= now,
            key.CreatedAt,
            key.CreatedBy
        );
}

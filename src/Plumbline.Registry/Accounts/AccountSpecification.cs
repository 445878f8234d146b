namespace Plumbline.Registry.Accounts;

/// <summary>A new account, as it is written on the wire and on the page.</summary>
public sealed record AccountSpecification
{
    public string? Name { get; init; }

    /// <summary>How pages call them; the name when it is not given.</summary>
    public string? DisplayName { get; init; }

    public string? Role { get; init; }

    /// <summary>Models that the account is bound to; none for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public string? Password { get; init; }
}

/// <summary>What of an account is to be changed; null stays as it is.</summary>
public sealed record AccountChange
{
    public string? DisplayName { get; init; }

    public string? Role { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    public bool? Enabled { get; init; }

    public string? Password { get; init; }
}

/// <summary>A new API key, as it is written on the wire and on the page.</summary>
public sealed record KeySpecification
{
    public string? Name { get; init; }

    public string? Role { get; init; }

    /// <summary>Models that the key is bound to; none for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

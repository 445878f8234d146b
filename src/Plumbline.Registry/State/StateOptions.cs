using Plumbline.Registry.Outbound;

namespace Plumbline.Registry.State;

/// <summary>What the state is kept in, as it is written: sqlite, postgresql.</summary>
public enum StateKind
{
    /// <summary>The file <c>state.db</c> in the data folder.</summary>
    Sqlite,

    /// <summary>A database of a PostgreSQL server, 13 or newer, that belongs to this server alone.</summary>
    Postgresql,
}

/// <summary>
/// Where the state is kept: what people declared and what the server must remember besides facts. Its text form has no secret in it.
/// </summary>
public sealed record StateOptions
{
    /// <summary>sqlite (default) or postgresql. Another kind is another, empty state: nothing is carried over.</summary>
    public StateKind Kind { get; init; }

    /// <summary>Host name or address of the PostgreSQL server, or the folder of its socket.</summary>
    public string? Host { get; init; }

    /// <summary>Its port. Range 1..65535, default 5432.</summary>
    public int? Port { get; init; }

    /// <summary>The database. It must be there; its tables are made.</summary>
    public string? Database { get; init; }

    /// <summary>Who signs in: the owner of the database, since tables are made and changed.</summary>
    public string? User { get; init; }

    /// <summary>Secret. Rather name an environment variable with <see cref="PasswordVariable"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The environment variable that holds the password.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>prefer (default), require or verify. Over a network that is not yours, use verify.</summary>
    public TransportSecurity? Tls { get; init; }

    /// <summary>Connections that may be open at once. Range 5..500, default 50. What needs a further one waits for it.</summary>
    public int? Connections { get; init; }

    /// <summary>The password, from where it is declared; null when there is none.</summary>
    internal string? Secret => Password ?? (PasswordVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null);

    /// <summary>Adds one sentence for each violation.</summary>
    public void Validate(List<string> errors)
    {
        if (Kind == StateKind.Sqlite)
        {
            foreach (var (key, _) in Keys().Where(key => key.IsGiven))
            {
                errors.Add($"state.{key}: means nothing for sqlite; remove it, or say kind: postgresql.");
            }

            return;
        }

        if (string.IsNullOrWhiteSpace(Host))
            errors.Add("state.host: is needed for postgresql.");
        if (string.IsNullOrWhiteSpace(Database))
            errors.Add("state.database: is needed for postgresql.");
        if (string.IsNullOrWhiteSpace(User))
            errors.Add("state.user: is needed for postgresql.");
        if (Port is < 1 or > 65_535)
            errors.Add($"state.port: {Port} is outside 1..65535.");
        if (Connections is < 5 or > 500)
            errors.Add($"state.connections: {Connections} is outside 5..500.");
        if (Password is not null && PasswordVariable is not null)
        {
            errors.Add("state.password_variable: give password or password_variable, not both.");
        }

        if (PasswordVariable is not null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(PasswordVariable)))
            errors.Add($"state.password_variable: the environment variable '{PasswordVariable}' is not set.");
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == StateKind.Sqlite ? "state.db" : $"the PostgreSQL database '{Database}' at {Host}";

    private (string Key, bool IsGiven)[] Keys() =>
        [
            ("host", Host is not null),
            ("port", Port is not null),
            ("database", Database is not null),
            ("user", User is not null),
            ("password", Password is not null),
            ("password_variable", PasswordVariable is not null),
            ("tls", Tls is not null),
            ("connections", Connections is not null),
        ];
}

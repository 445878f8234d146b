using Plumbline.Registry.Outbound;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// Where outcomes may be pulled from, and how hard. Connections are declared here only: nobody can make the server call elsewhere over the
/// API.
/// </summary>
public sealed record SourcesOptions
{
    /// <summary>At most this many connections.</summary>
    public const int MaxConnections = 100;

    /// <summary>Databases, buckets and folders that sources may read. Default none: then no source can be declared.</summary>
    public IReadOnlyList<ConnectionOptions> Connections { get; init; } = [];

    /// <summary>Sources that are pulled at the same time. Range 1..16, default 2. More load more databases at once.</summary>
    public int PullsAtOnce { get; init; } = 2;

    /// <summary>
    /// How long connecting, and how long one page, may take. Range 1s..1h, default 1m. A page that takes longer is an error of the source,
    /// tried again later.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>First pause after a failed pull; each further one doubles it. Range 1s..1h, default 5s.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest pause between two tries. Range 1s..1d, default 15m. Longer is kinder to a database that is away, and later when it is back.
    /// </summary>
    public TimeSpan LongestRetryPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The connection of this name.</summary>
    public ConnectionOptions? Find(string name) => Connections.FirstOrDefault(connection => connection.Name == name);

    /// <summary>Adds what cannot be used, each as path and reason: <c>sources.page: ..</c>.</summary>
    /// <param name="errors">What was found so far.</param>
    public void Validate(List<string> errors)
    {
        if (PullsAtOnce is < 1 or > 16)
            errors.Add($"sources.pulls_at_once: {PullsAtOnce} is outside 1..16.");
        Check("timeout", Timeout, TimeSpan.FromHours(1));
        Check("retry_pause", RetryPause, TimeSpan.FromHours(1));
        Check("longest_retry_pause", LongestRetryPause, TimeSpan.FromDays(1));
        if (Connections.Count > MaxConnections)
            errors.Add($"sources.connections: {Connections.Count} connections; at most {MaxConnections}.");
        for (var i = 0; i < Connections.Count; i++)
        {
            var connection = Connections[i];
            foreach (var (field, reason) in connection.Check())
                errors.Add($"sources.connections[{i}].{field}: {reason}");
            if (Connections.Take(i).Any(other => other.Name == connection.Name))
                errors.Add($"sources.connections[{i}].name: '{connection.Name}' is there twice.");
        }

        void Check(string name, TimeSpan value, TimeSpan most)
        {
            if (value < TimeSpan.FromSeconds(1) || value > most)
                errors.Add($"sources.{name}: {DurationText.Format(value)} is outside 1s..{DurationText.Format(most)}.");
        }
    }
}

/// <summary>The kinds of places, as they are written: postgresql, s3, files.</summary>
public enum ConnectionKind
{
    /// <summary>Tables and views of one schema of a PostgreSQL database, 13 or newer.</summary>
    Postgresql,

    /// <summary>Parquet files below a prefix of a bucket.</summary>
    S3,

    /// <summary>Parquet files below a folder of this machine.</summary>
    Files,
}

/// <summary>
/// One place that sources may read. Which keys a kind knows is checked by <see cref="Check"/>. Its text form has no secret in it.
/// </summary>
public sealed record ConnectionOptions
{
    private const int MostNameCharacters = 64;

    /// <summary>1..64 characters of [A-Za-z0-9._-]: how sources refer to it.</summary>
    public string Name { get; init; } = "";

    /// <summary>postgresql, s3 or files.</summary>
    public ConnectionKind? Kind { get; init; }

    /// <summary>Host name or address of a PostgreSQL server.</summary>
    public string? Host { get; init; }

    /// <summary>Its port. Range 1..65535, default 5432.</summary>
    public int? Port { get; init; }

    /// <summary>The database.</summary>
    public string? Database { get; init; }

    /// <summary>Who signs in; a user who may only SELECT is enough.</summary>
    public string? User { get; init; }

    /// <summary>Secret. Rather name an environment variable with <see cref="PasswordVariable"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The environment variable that holds the password.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>The schema of the tables. Default public.</summary>
    public string? Schema { get; init; }

    /// <summary>prefer (default), require or verify. Over a network that is not yours, use verify.</summary>
    public TransportSecurity? Tls { get; init; }

    /// <summary>Where the S3 server is, such as https://s3.eu-west-1.amazonaws.com.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket.</summary>
    public string? Bucket { get; init; }

    /// <summary>Objects below it can be read, others cannot. Default the whole bucket.</summary>
    public string? Prefix { get; init; }

    /// <summary>Id of the S3 key.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Secret. Rather name an environment variable with <see cref="SecretKeyVariable"/>.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The environment variable that holds the secret key.</summary>
    public string? SecretKeyVariable { get; init; }

    /// <summary>Files below it can be read, others cannot. Symbolic links in it are followed: put none there that lead out.</summary>
    public string? Folder { get; init; }

    /// <summary>The password or secret key, from where it is declared; null when there is none.</summary>
    internal string? Secret =>
        Password
        ?? SecretKey
        ?? ((PasswordVariable ?? SecretKeyVariable) is { } variable ? Environment.GetEnvironmentVariable(variable) : null);

    /// <summary>Takes the secret out of a text that came from outside.</summary>
    internal string Redact(string text) => Secret is { Length: > 0 } secret ? text.Replace(secret, "***", StringComparison.Ordinal) : text;

    /// <summary>What is wrong, by key.</summary>
    internal IEnumerable<FieldError> Check()
    {
        if (!IsName(Name))
            yield return new("name", $"1..{MostNameCharacters} characters of A-Z a-z 0-9 . _ - are needed.");
        if (Kind is not { } kind)
        {
            yield return new("kind", "one of postgresql, s3, files is needed.");
            yield break;
        }

        foreach (var (field, isGiven, isNeeded, kinds) in Keys())
        {
            if (isGiven && !kinds.Contains(kind))
                yield return new(field, $"means nothing for {kind.ToString().ToLowerInvariant()}; remove it.");
            if (!isGiven && isNeeded && kinds.Contains(kind))
                yield return new(field, $"is needed for {kind.ToString().ToLowerInvariant()}.");
        }

        foreach (var error in CheckValues())
            yield return error;
    }

    public override string ToString() => $"connection '{Name}' ({Kind})";

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= MostNameCharacters && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private IEnumerable<(string Field, bool IsGiven, bool IsNeeded, ConnectionKind[] Kinds)> Keys()
    {
        ConnectionKind[] postgresql = [ConnectionKind.Postgresql],
            s3 = [ConnectionKind.S3],
            files = [ConnectionKind.Files];
        return
        [
            ("host", Host is not null, true, postgresql),
            ("port", Port is not null, false, postgresql),
            ("database", Database is not null, true, postgresql),
            ("user", User is not null, true, postgresql),
            ("password", Password is not null, false, postgresql),
            ("password_variable", PasswordVariable is not null, false, postgresql),
            ("schema", Schema is not null, false, postgresql),
            ("tls", Tls is not null, false, postgresql),
            ("endpoint", Endpoint is not null, true, s3),
            ("bucket", Bucket is not null, true, s3),
            ("prefix", Prefix is not null, false, s3),
            ("access_key", AccessKey is not null, false, s3),
            ("secret_key", SecretKey is not null, false, s3),
            ("secret_key_variable", SecretKeyVariable is not null, false, s3),
            ("folder", Folder is not null, true, files),
        ];
    }

    private IEnumerable<FieldError> CheckValues()
    {
        if (Port is < 1 or > 65_535)
            yield return new("port", $"{Port} is outside 1..65535.");
        if (Password is not null && PasswordVariable is not null)
            yield return new("password_variable", "give password or password_variable, not both.");
        if (SecretKey is not null && SecretKeyVariable is not null)
            yield return new("secret_key_variable", "give secret_key or secret_key_variable, not both.");
        foreach (var (field, variable) in new[] { ("password_variable", PasswordVariable), ("secret_key_variable", SecretKeyVariable) })
        {
            if (variable is not null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
                yield return new(field, $"the environment variable '{variable}' is not set.");
        }

        if (
            Endpoint is not null
            && (Endpoint.Scheme is not ("http" or "https") || Endpoint.UserInfo.Length > 0 || Endpoint.Query.Length > 0)
        )
        {
            yield return new("endpoint", "an address that begins with https:// or http://, without user and query, is needed.");
        }

        if (Kind == ConnectionKind.S3 && AccessKey is null != (SecretKey is null && SecretKeyVariable is null))
        {
            yield return new(
                "access_key",
                "access_key and the secret key go together; without both the bucket is read without signing in."
            );
        }

        if (
            Bucket is not null
            && (Bucket.Length is < 3 or > 63 || !Bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'))
        )
        {
            yield return new("bucket", "3..63 characters of a-z 0-9 . - are needed.");
        }

        if (Prefix is not null && (Prefix.Contains('*', StringComparison.Ordinal) || SourceRules.PathError(Prefix.Trim('/')) is not null))
            yield return new("prefix", "a path such as exports/outcomes is needed.");
        if (Kind == ConnectionKind.Files && Folder is not null && !Directory.Exists(Folder))
            yield return new("folder", $"there is no folder '{Folder}'.");
        if (Kind == ConnectionKind.Files && Folder is not null && SourceRules.HasPattern(Path.GetFullPath(Folder)))
            yield return new("folder", "its path must not have any of * ? { } [ ] in it.");
    }
}

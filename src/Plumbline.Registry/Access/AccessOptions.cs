namespace Plumbline.Registry.Access;

/// <summary>
/// What a caller may do; each role includes the ones before it where that makes sense, see <see cref="ApiRoles.Grants"/>.
/// </summary>
public enum ApiRole
{
    /// <summary>Post events.</summary>
    Ingest,

    /// <summary>See everything.</summary>
    Read,

    /// <summary>Answer review tasks, and see nothing else.</summary>
    Annotate,

    /// <summary>See everything and answer review tasks; includes read and annotate.</summary>
    Review,

    /// <summary>Declare models, rules and references; includes ingest, read, annotate and review.</summary>
    Operate,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>Who may call. Without keys and accounts the server runs open, and then only listens on loopback.</summary>
public sealed record AccessOptions
{
    /// <summary>At most 1,000 keys.</summary>
    public IReadOnlyList<ApiKeyOptions> Keys { get; init; } = [];

    /// <summary>
    /// Further names by which people and programs reach this server, without port; at most 100. Requests for other names are answered 421.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Requests a second of one key; more are answered 429. Range 1..1,000,000, default 20,000. A second's worth may come at once.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 20_000;

    /// <summary>
    /// Rows of events a second of one key; whoever sends more waits (429, or a stream that is read more slowly). Range 1..10,000,000,
    /// default 500,000.
    /// </summary>
    public int RowsPerSecond { get; init; } = 500_000;

    /// <summary>The limit of a key by its name.</summary>
    internal int RequestsPerSecondOf(string? name) => Find(name)?.RequestsPerSecond ?? RequestsPerSecond;

    /// <summary>The limit of a key by its name.</summary>
    internal int RowsPerSecondOf(string? name) => Find(name)?.RowsPerSecond ?? RowsPerSecond;

    private ApiKeyOptions? Find(string? name) => name is null ? null : Keys.FirstOrDefault(key => key.Name == name);

    internal void Validate(List<string> errors)
    {
        if (Keys.Count > 1000)
            errors.Add($"access.keys: {Keys.Count} keys; at most 1000.");
        if (Hosts.Count > 100)
            errors.Add($"access.hosts: {Hosts.Count} names; at most 100.");
        for (var i = 0; i < Hosts.Count; i++)
        {
            if (Uri.CheckHostName(Hosts[i].Trim('[', ']')) == UriHostNameType.Unknown)
                errors.Add($"access.hosts[{i}]: '{Hosts[i]}' is not a name like plumbline.example.com (no scheme, no port).");
        }

        ValidateLimits("access", RequestsPerSecond, RowsPerSecond, errors);
        for (var i = 0; i < Keys.Count; i++)
        {
            var key = Keys[i];
            if (string.IsNullOrWhiteSpace(key.Name))
                errors.Add($"access.keys[{i}].name: needed.");
            if (!ApiRoles.TryParse(key.Role, out _))
                errors.Add($"access.keys[{i}].role: '{key.Role}' is not one of {ApiRoles.Listed}.");
            if (key.Sha256 is not { Length: 64 } || !key.Sha256.All(char.IsAsciiHexDigit))
            {
                errors.Add(
                    $"access.keys[{i}].sha256: the 64 hex digits of the key's SHA-256 are needed (`plumbline hash-key` prints them)."
                );
            }

            ValidateLimits($"access.keys[{i}]", key.RequestsPerSecond ?? RequestsPerSecond, key.RowsPerSecond ?? RowsPerSecond, errors);
        }
    }

    private static void ValidateLimits(string path, int requests, int rows, List<string> errors)
    {
        if (requests is < 1 or > 1_000_000)
            errors.Add($"{path}.requests_per_second: {requests} is outside 1..1000000.");
        if (rows is < 1 or > 10_000_000)
            errors.Add($"{path}.rows_per_second: {rows} is outside 1..10000000.");
    }
}

/// <summary>One key, kept only as its hash. Keys are long random texts, so a fast hash does not weaken them.</summary>
public sealed record ApiKeyOptions
{
    /// <summary>Shown in the audit; 1..100 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>Lower- or upper-case hex of SHA-256 over the UTF-8 key.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>ingest, read, annotate, review, operate or admin.</summary>
    public string Role { get; init; } = "";

    /// <summary>Models the key is bound to; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Requests a second of this key, when not as for all. Range 1..1,000,000.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>Rows of events a second of this key, when not as for all. Range 1..10,000,000.</summary>
    public int? RowsPerSecond { get; init; }
}

/// <summary>Reading and comparing roles.</summary>
public static class ApiRoles
{
    /// <summary>All of them as a text: ingest, read, ..</summary>
    public static string Listed { get; } = string.Join(", ", Enum.GetValues<ApiRole>().Select(role => role.Word()));

    /// <summary>As it is written in configurations, requests and answers.</summary>
    public static string Word(this ApiRole role) => role.ToString().ToLowerInvariant();

    public static bool TryParse(string? text, out ApiRole role) =>
        Enum.TryParse(text, ignoreCase: true, out role) && Enum.IsDefined(role) && !char.IsAsciiDigit(text![0]);

    /// <summary>True when a key of role <paramref name="held"/> may do what needs <paramref name="needed"/>.</summary>
    public static bool Grants(ApiRole held, ApiRole needed) =>
        held switch
        {
            ApiRole.Admin => true,
            ApiRole.Operate => needed is not ApiRole.Admin,
            ApiRole.Review => needed is ApiRole.Review or ApiRole.Read or ApiRole.Annotate,
            _ => held == needed,
        };
}

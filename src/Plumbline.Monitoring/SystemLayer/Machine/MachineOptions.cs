using Plumbline.Registry.Outbound;
using Plumbline.Registry.Text;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>A Prometheus, or what answers like one (Thanos, Mimir, VictoriaMetrics). Its text form has no secret in it.</summary>
public sealed record PrometheusConnection
{
    /// <summary>1..64 characters of [A-Za-z0-9._-]: how queries refer to it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Base address, such as http://prometheus:9090; <c>/api/v1/query_range</c> is put behind it.</summary>
    public Uri? Url { get; init; }

    /// <summary>The header Authorization, such as <c>Bearer ..</c>; null for none.</summary>
    public string? Authorization { get; init; }

    /// <summary>The environment variable that holds it instead.</summary>
    public string? AuthorizationVariable { get; init; }

    /// <summary>Value of the header X-Scope-OrgID, by which Mimir and its like tell tenants apart; null for none.</summary>
    public string? Tenant { get; init; }

    internal string? AuthorizationNow =>
        Authorization ?? (AuthorizationVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null);

    public override string ToString() => $"Prometheus '{Name}'";

    internal IEnumerable<(string Field, string Reason)> Check(bool allowLinkLocal)
    {
        const int MostNameCharacters = 64;
        if (Name.Length is 0 or > MostNameCharacters || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            yield return ("name", $"1..{MostNameCharacters} characters of A-Z a-z 0-9 . _ - are needed.");
        if (Url is null)
            yield return ("url", "is needed.");
        else if (OutboundAddress.CheckUrl(Url.OriginalString, allowLinkLocal) is { } reason)
            yield return ("url", reason);
        if (Authorization is not null && AuthorizationVariable is not null)
            yield return ("authorization_variable", "give authorization or authorization_variable, not both.");
        if (Authorization?.Any(char.IsControl) == true || Tenant?.Any(char.IsControl) == true)
            yield return ("authorization", "control characters cannot be sent.");
    }
}

/// <summary>Where metrics of the machine come from, and what is promised.</summary>
public sealed record MachineOptions
{
    /// <summary>At most this many connections.</summary>
    public const int MaxConnections = 20;

    /// <summary>
    /// Where queries may be sent. Default none: then no query can be declared. Connections are declared here only, so that nobody can make
    /// the server call elsewhere over the API.
    /// </summary>
    public IReadOnlyList<PrometheusConnection> Prometheus { get; init; } = [];

    /// <summary>How long one query may take. Range 1s..1m, default 10s. One that takes longer has failed, and is tried again.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Series that a query may give. Range 1..1000, default 50. One that gives more is not used, and says so.</summary>
    public int MaxSeries { get; init; } = 50;

    /// <summary>How far back a new query is asked, and what was missed is fetched. Range 1h..30d, default 1d.</summary>
    public TimeSpan Backfill { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The share of predictions that must come without error and in time. Range 0.5..0.99999, default 0.999. The error budget is what this
    /// leaves.
    /// </summary>
    public double Objective { get; init; } = 0.999;

    /// <summary>Adds what cannot be used, each as path and reason: <c>system.timeout: ..</c>.</summary>
    /// <param name="errors">What was found so far.</param>
    /// <param name="allowLinkLocal">Whether link-local addresses are allowed.</param>
    public void Validate(ICollection<string> errors, bool allowLinkLocal)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(1))
            errors.Add($"system.timeout: {DurationText.Format(Timeout)} is outside 1s..1m.");
        if (MaxSeries is < 1 or > 1000)
            errors.Add($"system.max_series: {MaxSeries} is outside 1..1000.");
        if (Backfill < TimeSpan.FromHours(1) || Backfill > TimeSpan.FromDays(30))
            errors.Add($"system.backfill: {DurationText.Format(Backfill)} is outside 1h..30d.");
        if (Objective is not (>= 0.5 and <= 0.99999))
            errors.Add($"system.objective: {Objective} is outside 0.5..0.99999.");
        if (Prometheus.Count > MaxConnections)
            errors.Add($"system.prometheus: {Prometheus.Count} connections; at most {MaxConnections}.");
        for (var i = 0; i < Prometheus.Count; i++)
        {
            foreach (var (field, reason) in Prometheus[i].Check(allowLinkLocal))
                errors.Add($"system.prometheus[{i}].{field}: {reason}");
            if (Prometheus.Take(i).Any(other => other.Name == Prometheus[i].Name))
                errors.Add($"system.prometheus[{i}].name: '{Prometheus[i].Name}' is there twice.");
        }
    }

    /// <summary>The connection of this name, or the first one where none is named.</summary>
    public PrometheusConnection? Find(string? name) =>
        string.IsNullOrEmpty(name)
            ? Prometheus.Count > 0
                ? Prometheus[0]
                : null
            : Prometheus.FirstOrDefault(connection => connection.Name == name);
}

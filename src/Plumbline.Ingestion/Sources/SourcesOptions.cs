using Plumbline.Ingestion.Sources.Connections;
using Plumbline.Registry.Text;

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

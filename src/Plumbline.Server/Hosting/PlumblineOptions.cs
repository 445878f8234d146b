using Plumbline.Server.Access;
using Plumbline.Server.Alerting;
using Plumbline.Server.Alerting.Delivery;
using Plumbline.Server.Outcomes.Sources;
using Plumbline.Server.Segments.ColdSpots;

namespace Plumbline.Server.Hosting;

/// <summary>
/// Everything that can be configured, bound from the command line and <c>plumbline.yaml</c> before the host is built.
/// Immutable once the host runs: a change of configuration is a restart.
/// </summary>
public sealed record PlumblineOptions
{
    /// <summary>The address that the embedded default listens on: loopback only, so that an unconfigured server is not on the network.</summary>
    public const string DefaultUrls = "http://127.0.0.1:5070";

    /// <summary>Folder of everything durable: spool, state and the engine's files. Created when missing. Default <c>plumbline-data</c> in the working folder.</summary>
    public string DataDirectory { get; init; } = "plumbline-data";

    /// <summary>Semicolon-separated addresses to listen on. An address other than loopback without an API key refuses to start.</summary>
    public string Urls { get; init; } = DefaultUrls;

    /// <summary>Which parts of Plumbline this process runs. Only <c>all</c> exists now.</summary>
    public string Role { get; init; } = "all";

    /// <summary>API keys and who may do what.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>The embedded engine.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>The way from HTTP to the spool and on to the engine.</summary>
    public IngestionOptions Ingestion { get; init; } = new();

    /// <summary>When windows are computed.</summary>
    public WindowOptions Windows { get; init; } = new();

    /// <summary>Receivers of notifications and how they are told.</summary>
    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>Where people reach this server, such as https://plumbline.example.com: links in notifications begin with it. Default null: the first of <see cref="Urls"/>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>When rules are judged.</summary>
    public AlertingOptions Alerting { get; init; } = new();

    /// <summary>Databases, buckets and folders that outcomes are pulled from.</summary>
    public SourcesOptions Sources { get; init; } = new();

    /// <summary>When slices that are worse than the rest are searched.</summary>
    public ColdSpotOptions ColdSpots { get; init; } = new();

    /// <summary>True when this server shows generated data: the pages say so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>True when the process ends with this server; not a setting of people: the verbs that are a server set it.</summary>
    internal bool EndsWithProcess { get; init; }

    /// <summary>Checks every range. Returns one sentence per violation: which option, which value, which range.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(DataDirectory)) errors.Add("data_directory: a folder is needed.");
        if (Role != "all") errors.Add($"role: '{Role}' is not known; only 'all' exists in this version.");
        errors.AddRange(ListenAddresses.Validate(Urls));
        Engine.Validate(errors);
        Ingestion.Validate(errors);
        Windows.Validate(errors);
        Alerting.Validate(errors);
        Access.Validate(errors);
        Delivery.Validate(errors);
        Sources.Validate(errors);
        if (PublicUrl is not null && (!PublicUrl.IsAbsoluteUri || PublicUrl.Scheme is not ("http" or "https"))) errors.Add("public_url: an address that begins with https:// or http:// is needed.");
        if (errors.Count == 0 && Access.Keys.Count == 0 && !ListenAddresses.AllLoopback(Urls))
            errors.Add($"urls: '{Urls}' is reachable from other machines, but no API key is configured (access.keys). Configure one, or listen on 127.0.0.1.");
        return errors;
    }
}

/// <summary>Limits of the embedded engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Least memory of the engine by default, in MiB: it takes 250 to 450 of it without doing anything.</summary>
    public const int LeastDefaultMiB = 768;

    /// <summary>Most memory of the engine by default, in MiB. A larger machine is likely to have other work to do; who wants more says so.</summary>
    public const int MostDefaultMiB = 16_384;

    private const double DefaultShare = 0.6;

    /// <summary>
    /// Memory the engine may use, in MiB. Range 256..1,048,576, default three fifths of what the machine or the container has
    /// (<see cref="DefaultMemoryMiB"/>). A statement that needs more fails alone and is counted; the process goes on.
    /// </summary>
    public int MemoryMiB { get; init; } = DefaultMemoryMiB(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Statements that may run at once, one thread and one connection each. Range 1..64, default 4. More only helps with more cores.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Three fifths of the memory that there is, in MiB, between <see cref="LeastDefaultMiB"/> and <see cref="MostDefaultMiB"/>.</summary>
    /// <param name="availableBytes">Memory that this process may have: the machine's, or of a container with a limit the three quarters that .NET takes as its own limit.</param>
    public static int DefaultMemoryMiB(long availableBytes) => (int)Math.Clamp(DefaultShare * availableBytes / (1 << 20), LeastDefaultMiB, MostDefaultMiB);

    internal void Validate(List<string> errors)
    {
        if (MemoryMiB is < 256 or > 1_048_576) errors.Add($"engine.memory_mib: {MemoryMiB} is outside 256..1048576.");
        if (Connections is < 1 or > 64) errors.Add($"engine.connections: {Connections} is outside 1..64.");
    }
}

/// <summary>Limits of ingestion.</summary>
public sealed record IngestionOptions
{
    /// <summary>Largest object or array body after decompression, in MiB; a larger one is answered 413. NDJSON is read in pieces. Range 1..512, default 64.</summary>
    public int MaxBodyMiB { get; init; } = 64;

    /// <summary>Bytes the spool may hold, in MiB; a full spool answers 429 with Retry-After. Range 16..1,048,576, default 1024.</summary>
    public int SpoolMiB { get; init; } = 1024;

    internal void Validate(List<string> errors)
    {
        if (MaxBodyMiB is < 1 or > 512) errors.Add($"ingestion.max_body_mib: {MaxBodyMiB} is outside 1..512.");
        if (SpoolMiB is < 16 or > 1_048_576) errors.Add($"ingestion.spool_mib: {SpoolMiB} is outside 16..1048576.");
    }
}

/// <summary>How windows are closed and computed.</summary>
public sealed record WindowOptions
{
    /// <summary>Pause between two looks for windows to compute, in milliseconds. Range 50..60,000, default 1000. Smaller shows results sooner and costs more.</summary>
    public int IntervalMs { get; init; } = 1000;

    /// <summary>How long a window that still receives late events is left alone before it is computed again, in milliseconds. Range 0..600,000, default 2000.</summary>
    public int QuietMs { get; init; } = 2000;

    internal void Validate(List<string> errors)
    {
        if (IntervalMs is < 50 or > 60_000) errors.Add($"windows.interval_ms: {IntervalMs} is outside 50..60000.");
        if (QuietMs is < 0 or > 600_000) errors.Add($"windows.quiet_ms: {QuietMs} is outside 0..600000.");
    }
}

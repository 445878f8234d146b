using Plumbline.Registry.Outbound;
using Plumbline.Registry.Text;

namespace Plumbline.Exposition.Otlp;

/// <summary>How OTLP is spoken.</summary>
public enum OtlpTransport
{
    /// <summary>Protobuf in HTTP requests; usual port 4318.</summary>
    Http,

    /// <summary>gRPC; usual port 4317.</summary>
    Grpc,
}

/// <summary>Where the server sends what it measures of itself.</summary>
public sealed record TelemetryOptions
{
    private const int MostHeaders = 20;

    /// <summary>
    /// Base address of what takes OTLP, such as https://logfire-api.pydantic.dev. Default none: nothing is sent anywhere. Over HTTP
    /// /v1/metrics and /v1/traces are put behind it.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>http or grpc. Default http.</summary>
    public OtlpTransport OtlpProtocol { get; init; } = OtlpTransport.Http;

    /// <summary>
    /// Headers of each message, <c>name=value</c> with commas between. They may be secrets: an environment variable holds them better
    /// than the file.
    /// </summary>
    public string? OtlpHeaders { get; init; }

    /// <summary>How often metrics are sent. Range 1s..1h, default 1m. Shorter is more traffic.</summary>
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message may take. Range 1s..1m, default 10s; one that takes longer is lost, and counted.</summary>
    public TimeSpan OtlpTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether metrics are sent. Default true.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>
    /// The share of traces that is sent. Range 0..1, default 0.1: one request and one piece of work in ten. With 1 each batch of events is
    /// a message's worth of spans; with 0 there are none.
    /// </summary>
    public double TraceShare { get; init; } = 0.1;

    /// <summary>What the server calls itself, <c>service.name</c>. Default plumbline.</summary>
    public string ServiceName { get; init; } = "plumbline";

    /// <summary>Adds what cannot be used, each as path and reason.</summary>
    /// <param name="errors">What was found so far.</param>
    /// <param name="allowLinkLocal">Whether link-local addresses are allowed.</param>
    public void Validate(ICollection<string> errors, bool allowLinkLocal)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (OtlpEndpoint is not null && OutboundAddress.CheckUrl(OtlpEndpoint.OriginalString, allowLinkLocal) is { } reason)
            errors.Add($"telemetry.otlp_endpoint: {reason}");
        if (OtlpHeaders is not null && !TryReadHeaders(out _))
            errors.Add($"telemetry.otlp_headers: name=value with commas between is needed, {MostHeaders} at most.");
        if (OtlpInterval < TimeSpan.FromSeconds(1) || OtlpInterval > TimeSpan.FromHours(1))
            errors.Add($"telemetry.otlp_interval: {DurationText.Format(OtlpInterval)} is outside 1s..1h.");
        if (OtlpTimeout < TimeSpan.FromSeconds(1) || OtlpTimeout > TimeSpan.FromMinutes(1))
            errors.Add($"telemetry.otlp_timeout: {DurationText.Format(OtlpTimeout)} is outside 1s..1m.");
        if (TraceShare is not (>= 0 and <= 1))
            errors.Add($"telemetry.trace_share: {TraceShare} is outside 0..1.");
        if (ServiceName.Length is < 1 or > 200)
            errors.Add("telemetry.service_name: 1..200 characters are needed.");
    }

    /// <summary>The headers one by one; false when they cannot be read.</summary>
    internal bool TryReadHeaders(out IReadOnlyList<(string Name, string Value)> headers)
    {
        var read = new List<(string Name, string Value)>();
        headers = read;
        foreach (var pair in (OtlpHeaders ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !pair[..at].All(IsOfName) || pair.Any(char.IsControl))
                return false;
            read.Add((pair[..at], pair[(at + 1)..].Trim()));
        }

        return read.Count <= MostHeaders;
    }

    /// <summary>Without the headers, which are secrets.</summary>
    public override string ToString() => $"telemetry to {OtlpEndpoint?.Host ?? "nowhere"}";

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.';
}

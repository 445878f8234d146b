using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Health;

/// <summary>The feature whose distribution is farthest from the reference's, on the newest day with enough rows.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Value">Its population stability index.</param>
/// <param name="N">Rows of that day.</param>
public sealed record LargestDrift(string Feature, double Value, long N);

/// <summary>The main numbers of a model's newest days, for the words beside its state; what the state is, the rules say.</summary>
public sealed record HealthFacts
{
    /// <summary>Rows of a day below which its numbers say little.</summary>
    public const long EnoughRows = 300;

    public required int ModelId { get; init; }

    /// <summary>
    /// Daily points over all rows and versions: failures, latency, concentration, performance, drift of @prediction and @score.
    /// </summary>
    public IReadOnlyList<MetricPoint> Days { get; init; } = [];

    /// <summary>The feature that is farthest from the reference; null without one.</summary>
    public LargestDrift? Drift { get; init; }

    /// <summary>Requests per hour (or per base window where that is longer), oldest first, over the last two days that have any.</summary>
    public IReadOnlyList<double> Traffic { get; init; } = [];

    /// <summary>Requests of the newest day.</summary>
    public double RequestsOfDay { get; init; }

    /// <summary>Versions of the newest day with their requests, largest first.</summary>
    public IReadOnlyList<(string Version, double Requests)> Versions { get; init; } = [];

    /// <summary>End of the newest computed base window.</summary>
    public DateTimeOffset? LastWindowEnd { get; init; }

    /// <summary>The newest daily point of a metric with at least that many rows, or null.</summary>
    public MetricPoint? Newest(string metric, long rows, string feature = "") =>
        Days.LastOrDefault(point => point.Metric == metric && point.Feature == feature && point.Value is not null && point.N >= rows);
}

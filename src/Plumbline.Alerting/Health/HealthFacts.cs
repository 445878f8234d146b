using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Health;

/// <summary>A feature's number on its newest day with enough rows, and its lowest day.</summary>
/// <param name="Metric">Drift or a rate of quality.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Value">On the newest day.</param>
/// <param name="Lower">Lower end of its interval.</param>
/// <param name="N">Rows of that day.</param>
/// <param name="Lowest">The lowest of the compared days.</param>
/// <param name="OverReference">For the missing rate: how much higher it is than in the reference; null without a reference.</param>
public sealed record FeatureFact(string Metric, string Feature, double Value, double? Lower, long N, double Lowest, double? OverReference = null)
{
    /// <summary>What the value is compared with: its lowest day or the reference, whichever was lower.</summary>
    public double Usual => OverReference is { } rise ? Math.Clamp(Value - rise, 0, Lowest) : Lowest;

    /// <summary>Whether the reference is lower than every day was.</summary>
    public bool IsAboveReference => Usual < Lowest;
}

/// <summary>A segment's accuracy on its newest day with enough ground truth, against the mean of the days before.</summary>
public sealed record SegmentFact(string Segment, double Value, double Upper, long N, double Before);

/// <summary>What a model's health is judged on: its daily metric points, newest last.</summary>
public sealed record HealthFacts
{
    public required int ModelId { get; init; }

    /// <summary>Daily points over all rows and versions: failures, latency, concentration, performance, drift of @prediction and @score.</summary>
    public IReadOnlyList<MetricPoint> Days { get; init; } = [];

    /// <summary>The three features that stand out most in each input metric.</summary>
    public IReadOnlyList<FeatureFact> Features { get; init; } = [];

    /// <summary>The segment whose accuracy fell most, if any fell clearly.</summary>
    public SegmentFact? Segment { get; init; }

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

    /// <summary>Values of the days before a point.</summary>
    public IReadOnlyList<double> Before(MetricPoint point, long rows) =>
        [.. Days.Where(other => other.Metric == point.Metric && other.Feature == point.Feature && other.WindowStart < point.WindowStart && other.Value is not null && other.N >= rows).Select(other => other.Value!.Value)];
}

using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.Normals;

/// <summary>One stream of numbers: a metric of a class and a segment, over all versions.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Class">The class that it is about; empty for none.</param>
/// <param name="Segment"><c>key=value</c>; empty for all rows.</param>
public readonly record struct NormalStream(string Metric, string Class, string Segment);

/// <summary>What a reference shows of one stream.</summary>
/// <param name="Windows">Points of windows of the reference's own time, in order; empty where it has too few of them or no
/// timestamps.</param>
/// <param name="Grain">Length of these windows.</param>
/// <param name="Whole">The point of all rows together; null where it has too few.</param>
public sealed record ReferenceNormal(IReadOnlyList<MetricPoint> Windows, TimeSpan Grain, MetricPoint? Whole);

/// <summary>
/// What a model's reference says of the metrics that it has the answers and the ground truth for: how it was when all was well.
/// Immutable.
/// </summary>
/// <param name="Generation">Generation of the reference; 0 without one.</param>
/// <param name="Streams">By stream; one that is not here has to be learned from production.</param>
public sealed record ReferenceHistory(int Generation, IReadOnlyDictionary<NormalStream, ReferenceNormal> Streams)
{
    /// <summary>That of a model without a declared reference.</summary>
    public static ReferenceHistory None { get; } = new(0, new Dictionary<NormalStream, ReferenceNormal>());

    /// <summary>What it shows of a stream, or null.</summary>
    public ReferenceNormal? Find(string metric, string @class, string segment) =>
        Streams.GetValueOrDefault(new NormalStream(metric, @class, segment));
}

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// Which points to read. Null selects all; an empty text selects the points that do not distinguish (all versions, all rows).
/// </summary>
public sealed record MetricQuery
{
    /// <summary>Exact names; at least one.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>
    /// Exact segment (<c>country=FR</c>), a dimension (<c>country=*</c>; <c>country=\*</c> is the value <c>*</c>), empty for all rows, null
    /// for everything.
    /// </summary>
    public string? Segment { get; init; } = "";

    public string? Version { get; init; } = "";

    /// <summary>Inclusive; windows that start before are left out.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Window length; null for the model's base window.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>At most this many points, 1..500,000.</summary>
    public int Limit { get; init; } = 100_000;

    /// <summary>Continue behind this point (order: metric, segment, version, feature, class, window start).</summary>
    public MetricCursor? After { get; init; }

    /// <summary>
    /// The prefix that a whole dimension's segments have in common (<c>country=</c>), or null when one segment or everything is asked for.
    /// </summary>
    public string? SegmentPrefix => Segment is { } segment && segment.EndsWith("=*", StringComparison.Ordinal) ? segment[..^1] : null;

    /// <summary>The segment that is asked for when it is one.</summary>
    public string? ExactSegment =>
        Segment is { } segment && segment.EndsWith("=\\*", StringComparison.Ordinal) ? segment[..^2] + "*" : Segment;

    /// <summary>
    /// Whether a computed point is asked for: for points that are not stored, so not selected by the engine. Says the same as the
    /// conditions of <see cref="MetricPointStore"/>, window and limit apart; a test compares the two.
    /// </summary>
    public bool Selects(MetricPoint point) =>
        Metrics.Contains(point.Metric, StringComparer.Ordinal)
        && (Features is null || Features.Contains(point.Feature, StringComparer.Ordinal))
        && (Version is null || point.Version == Version)
        && (
            Segment is null
            || (SegmentPrefix is { } prefix ? point.Segment.StartsWith(prefix, StringComparison.Ordinal) : point.Segment == ExactSegment)
        )
        && (After is not { } after || MetricOrder.Compare(point, after) > 0);
}

/// <summary>A position in the order in which points are read.</summary>
public sealed record MetricCursor(string Metric, string Segment, string Version, string Feature, string Class, DateTimeOffset WindowStart);

namespace Plumbline.Monitoring.Metrics;

/// <summary>Whether a metric point's value may be used, and if not, why.</summary>
public enum MetricStatus
{
    Ok = 0,

    /// <summary>Fewer rows than <see cref="MetricSink.MinimumRows"/>, or none that the metric needs.</summary>
    InsufficientData = 1,

    /// <summary>The window is still open or still within the allowed lateness: the value will change.</summary>
    Incomplete = 2,

    /// <summary>There are rows, but the metric is not defined on them (one class only, no variance).</summary>
    Undefined = 3,
}

/// <summary>
/// One computed number. Pages, the API, the exposition and alerting read these and nothing below.
/// Empty texts mean "all": no feature, class, segment or version distinguished.
/// </summary>
public sealed record MetricPoint
{
    public required string Metric { get; init; }

    public string Feature { get; init; } = "";

    /// <summary>The class that the value is about, for example of output.share.</summary>
    public string Class { get; init; } = "";

    /// <summary><c>country=FR</c>, or empty.</summary>
    public string Segment { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>
    /// The version whose rows are all of this point's rows, so that the point is its point too; empty for none. Only on the way to the
    /// store: what is read from there names each version by itself.
    /// </summary>
    public string AlsoVersion { get; init; } = "";

    public required DateTimeOffset WindowStart { get; init; }

    public required DateTimeOffset WindowEnd { get; init; }

    /// <summary>Null unless the status is ok or incomplete. Always finite.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of the 95 % interval, where one is defined.</summary>
    public double? Lower { get; init; }

    public double? Upper { get; init; }

    /// <summary>For tests.</summary>
    public double? PValue { get; init; }

    /// <summary>Rows that the value rests on.</summary>
    public required long N { get; init; }

    public required MetricStatus Status { get; init; }

    /// <summary>In words why there is no value; empty when there is one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>
    /// For a value read from a profile: the value of the rows themselves is at most this far away. Null for values from rows.
    /// </summary>
    public double? ErrorBound { get; init; }

    /// <summary>The points of each version by themselves.</summary>
    public IEnumerable<MetricPoint> Apart() =>
        AlsoVersion.Length == 0 ? [this] : [this with { AlsoVersion = "" }, this with { Version = AlsoVersion, AlsoVersion = "" }];

    /// <summary>The point as it is when only windows that end by an instant are complete.</summary>
    public MetricPoint CompleteBefore(DateTimeOffset instant) =>
        Status == MetricStatus.Ok && WindowEnd > instant ? this with { Status = MetricStatus.Incomplete } : this;
}

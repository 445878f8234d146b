namespace Plumbline.Monitoring.Segments;

/// <summary>A metric of a segment, now and before.</summary>
/// <param name="Metric">Name.</param>
/// <param name="Value">Drawn towards the value of all rows by as much as the segment's rows are too few; null: cannot judge.</param>
/// <param name="Lower">95 % interval of it.</param>
/// <param name="Upper">95 % interval of it.</param>
/// <param name="Raw">The segment's own value.</param>
/// <param name="Before">The same of the range before; null when it cannot be judged.</param>
/// <param name="Change">Now minus before.</param>
/// <param name="ChangeLower">95 % interval of the change.</param>
/// <param name="ChangeUpper">95 % interval of the change.</param>
/// <param name="Rows">Rows that the value rests on.</param>
public sealed record SegmentMetric(
    string Metric,
    double? Value,
    double? Lower,
    double? Upper,
    double? Raw,
    double? Before,
    double? Change,
    double? ChangeLower,
    double? ChangeUpper,
    long Rows
)
{
    /// <summary>95 % interval of the value before.</summary>
    public double? BeforeLower { get; init; }

    /// <summary>95 % interval of the value before.</summary>
    public double? BeforeUpper { get; init; }

    /// <summary>The segment's own value of the range before.</summary>
    public double? BeforeRaw { get; init; }

    /// <summary>Rows that the value before rests on.</summary>
    public long BeforeRows { get; init; }
}

/// <summary>A line of the segment table.</summary>
/// <param name="Segment"><c>country=FR</c>.</param>
/// <param name="Rows">Predictions.</param>
/// <param name="Share">Of all predictions.</param>
/// <param name="Harm">How much the metric of the table got worse (of a segment that was not there before: than all rows were), times the
/// rows: by what the table is sorted. 0 when it did not or cannot be judged.</param>
/// <param name="Metrics">The metric of the table first.</param>
public sealed record SegmentLine(string Segment, long Rows, double Share, double Harm, IReadOnlyList<SegmentMetric> Metrics);

/// <summary>The segments of a model: those that certainly got worse first, and of each kind the most harmed first.</summary>
/// <param name="Dimension">Which split; null: all of them together.</param>
/// <param name="Metrics">Columns.</param>
/// <param name="All">All rows.</param>
/// <param name="Lines">A page of segments.</param>
/// <param name="Count">Of all pages.</param>
/// <param name="Pooled">Dimensions with more values than are told apart: the rest is one segment called <c>@other</c>.</param>
/// <param name="From">Start of the range, to the window.</param>
/// <param name="To">End of it.</param>
/// <param name="Before">Start of the range before, of the same length.</param>
public sealed record SegmentTable(
    string? Dimension,
    IReadOnlyList<string> Metrics,
    SegmentLine All,
    IReadOnlyList<SegmentLine> Lines,
    int Count,
    IReadOnlyList<string> Pooled,
    DateTimeOffset From,
    DateTimeOffset To,
    DateTimeOffset Before
);

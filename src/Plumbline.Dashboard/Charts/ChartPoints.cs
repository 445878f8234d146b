using Plumbline.Alerting.Health;

namespace Plumbline.Dashboard.Charts;

/// <summary>Why a window's value may be missing or provisional.</summary>
public enum PointState
{
    Ok = 0,
    InsufficientRows = 1,
    Incomplete = 2,
    Undefined = 3,
}

/// <summary>One window of a series: value with its 95 % interval where one is defined, and the rows it stands on.</summary>
public sealed record ChartPoint(
    DateTimeOffset Start,
    DateTimeOffset End,
    double? Value,
    double? Lower,
    double? Upper,
    long N,
    PointState State
)
{
    /// <summary>As the chart module reads it: [middle, value, lower, upper, n, state, start, end], times in epoch milliseconds.</summary>
    internal object?[] Compact()
    {
        var (start, end) = (Start.ToUnixTimeMilliseconds(), End.ToUnixTimeMilliseconds());
        return [(start + end) / 2, Number(Value), Number(Lower), Number(Upper), N, (int)State, start, end];
    }

    /// <summary>JSON knows neither NaN nor infinity: both are drawn as "no value".</summary>
    internal static double? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

/// <summary>One line of a chart; <see cref="Colour"/> is the name of a CSS token.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, string Colour = "--chart-line", bool Dashed = false)
{
    /// <summary>The same of what the page is compared with, drawn beside it; null when it is compared with nothing.</summary>
    public ChartSeries? Compared { get; init; }

    /// <summary>Drawn thin and dotted, without its interval: something to compare with.</summary>
    public bool Quiet { get; init; }

    /// <summary>How the line is drawn, as CSS and the chart module call it.</summary>
    public string Style =>
        Quiet ? "dotted"
        : Dashed ? "dashed"
        : "solid";
}

/// <summary>The range that the reference showed, drawn as a grey band.</summary>
public sealed record ReferenceBand(double Lower, double Upper, string Words);

/// <summary>A level drawn as a dashed line, to compare with.</summary>
public sealed record ChartThreshold(double Value, string Label);

/// <summary>A release or an incident, drawn as a vertical line with a label to press.</summary>
public sealed record ChartMark(DateTimeOffset At, string Label, bool Incident = false)
{
    /// <summary>All that there is to say, shown on hover; the label where nobody said.</summary>
    public string Title { get; init; } = Label;

    /// <summary>"critical", "warning" or "digest" of an incident; empty for all else.</summary>
    public string Severity { get; init; } = "";

    /// <summary>Where a press leads; null: nowhere.</summary>
    public string? Address { get; init; }

    /// <summary>As the chart module reads it.</summary>
    internal object Compact() =>
        new
        {
            At = At.ToUnixTimeMilliseconds(),
            Label,
            Kind = Incident ? "incident" : "release",
            Title,
            Severity,
            Href = Address,
        };
}

/// <summary>
/// One bar pair of a distribution: shares of rows (0..1) and counts, current against reference. The reference is null
/// where it cannot have the bin (unseen values); missing and unseen are edge bins and stand apart.
/// </summary>
public sealed record DistributionBin(
    string Label,
    string? Title,
    double Current,
    double CurrentCount,
    double? Reference,
    double? ReferenceCount,
    bool Edge = false
)
{
    /// <summary>The share of what the page is compared with; null when it is compared with nothing.</summary>
    public double? Compared { get; init; }

    public double? ComparedCount { get; init; }
}

/// <summary>One cell of a heat map.</summary>
public sealed record HeatCell(DateTimeOffset Start, DateTimeOffset End, int Row, double? Value, long N, PointState State);

/// <summary>How many rows of a window fell to one class, version or status.</summary>
public sealed record ShareCell(DateTimeOffset Start, DateTimeOffset End, int Series, long Count);

/// <summary>One bin of a reliability curve: mean predicted against observed rate with its Wilson interval.</summary>
public sealed record ReliabilityBin(double From, double To, double Mean, double Rate, double Lower, double Upper, long N);

/// <summary>A reliability curve.</summary>
/// <param name="Bins">Only bins with rows.</param>
/// <param name="Error">The expected calibration error; null where it is not known.</param>
public sealed record Reliability(IReadOnlyList<ReliabilityBin> Bins, double? Error);

/// <summary>A ROC curve.</summary>
/// <param name="Points">Its cuts; none where there is no curve.</param>
/// <param name="Area">Area under the curve with its DeLong interval.</param>
/// <param name="Operating">Where the model itself stands: the rates of its own answers.</param>
public sealed record RocCurve(
    IReadOnlyList<RocPoint> Points,
    (double Value, double? Lower, double? Upper, long N)? Area,
    (double FalsePositiveRate, double TruePositiveRate)? Operating
);

/// <summary>One cut of a ROC curve: rates of rows with at least this score.</summary>
public sealed record RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold);

/// <summary>A window's share of requests within a band of latencies, in milliseconds.</summary>
public sealed record LatencyCell(DateTimeOffset Start, DateTimeOffset End, double LowerMs, double UpperMs, double Share);

/// <summary>One point of a curve over a number: where, how it is called there, and the value with its 95 % interval.</summary>
public sealed record CurvePoint(double X, string Label, double Value, double? Lower, double? Upper);

/// <summary>One step of a waterfall: from where to where; a total stands on the floor.</summary>
public sealed record WaterfallStep(string Name, double From, double To, double? Lower = null, double? Upper = null, bool Total = false);

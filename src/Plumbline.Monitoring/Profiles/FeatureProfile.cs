namespace Plumbline.Monitoring.Profiles;

/// <summary>Which rows a profile counts: one version (or all), and one value of one segment dimension (or all rows).</summary>
/// <param name="Version">Version, or empty for all.</param>
/// <param name="SegmentKey">Feature whose value splits, or empty for all rows.</param>
/// <param name="SegmentValue">The value; empty with an empty key.</param>
public sealed record ProfileScope(string Version, string SegmentKey, string SegmentValue)
{
    /// <summary>Every row of the model.</summary>
    public static ProfileScope All { get; } = new("", "", "");

    /// <summary>How metric points name the segment: empty, or <c>country=FR</c>.</summary>
    public string Segment => SegmentKey.Length == 0 ? "" : $"{SegmentKey}={SegmentValue}";
}

/// <summary>
/// Exact counts of one feature in one window and scope. Adding two gives the profile of both windows, versions or shards:
/// nothing here is lossy under merging.
/// </summary>
public sealed record FeatureProfile
{
    public required string Feature { get; init; }

    public required ProfileScope Scope { get; init; }

    public required DateTimeOffset WindowStart { get; init; }

    public required DateTimeOffset WindowEnd { get; init; }

    /// <summary>Generation of the baseline whose bins these are; 0 for fixed bins.</summary>
    public required int Baseline { get; init; }

    /// <summary>All rows of the scope: present + missing + infinities + type errors.</summary>
    public long Rows { get; init; }

    /// <summary>Rows with a usable value; the sum of <see cref="Bins"/>.</summary>
    public long Present { get; init; }

    /// <summary>Null, absent or NaN; a value of the wrong type is counted in <see cref="TypeErrors"/> instead.</summary>
    public long Missing { get; init; }

    public long PositiveInfinity { get; init; }

    public long NegativeInfinity { get; init; }

    /// <summary>Values of another type than the column's; kept raw with their prediction.</summary>
    public long TypeErrors { get; init; }

    /// <summary>Numeric values outside the reference's minimum..maximum.</summary>
    public long OutOfRange { get; init; }

    /// <summary>NaN when nothing is present or the feature is not numeric; so are maximum, sum and sum of squares then 0.</summary>
    public double Minimum { get; init; } = double.NaN;

    public double Maximum { get; init; } = double.NaN;

    public double Sum { get; init; }

    public double SumOfSquares { get; init; }

    /// <summary>
    /// Numeric: edges + 1 counts. Categorical: one per category of the baseline, then <c>@other</c>, then <c>@unseen</c>; the predicted
    /// class without a baseline: one per class of the model. Empty when there are no bins (text, or no baseline).
    /// </summary>
    public required ulong[] Bins { get; init; }

    /// <summary>Mean of the present values; null without any.</summary>
    public double? Mean => Present == 0 || double.IsNaN(Minimum) ? null : Sum / Present;

    /// <summary>
    /// Adds the counts of another profile of the same feature and baseline; the window grows to cover both, the scope is the first one's.
    /// </summary>
    /// <exception cref="ArgumentException">Another feature or baseline, or another number of a baseline's bins: such counts cannot be
    /// added.</exception>
    public FeatureProfile Add(FeatureProfile other)
    {
        // Bins of no baseline are the model's classes, of which new ones come at the end: the shorter side has none of them.
        if (other.Feature != Feature || other.Baseline != Baseline || (other.Bins.Length != Bins.Length && Baseline != 0))
        {
            throw new ArgumentException(
                $"Profiles of '{Feature}' (baseline {Baseline}, {Bins.Length} bins) and '{other.Feature}' ({other.Baseline}, "
                    + $"{other.Bins.Length}) cannot be added.",
                nameof(other)
            );
        }

        var bins = new ulong[Math.Max(Bins.Length, other.Bins.Length)];
        for (var i = 0; i < bins.Length; i++)
            bins[i] = (i < Bins.Length ? Bins[i] : 0) + (i < other.Bins.Length ? other.Bins[i] : 0);
        return this with
        {
            WindowStart = other.WindowStart < WindowStart ? other.WindowStart : WindowStart,
            WindowEnd = other.WindowEnd > WindowEnd ? other.WindowEnd : WindowEnd,
            Rows = Rows + other.Rows,
            Present = Present + other.Present,
            Missing = Missing + other.Missing,
            PositiveInfinity = PositiveInfinity + other.PositiveInfinity,
            NegativeInfinity = NegativeInfinity + other.NegativeInfinity,
            TypeErrors = TypeErrors + other.TypeErrors,
            OutOfRange = OutOfRange + other.OutOfRange,
            Minimum = MinIgnoringNaN(Minimum, other.Minimum),
            Maximum = -MinIgnoringNaN(-Maximum, -other.Maximum),
            Sum = Sum + other.Sum,
            SumOfSquares = SumOfSquares + other.SumOfSquares,
            Bins = bins,
        };
    }

    private static double MinIgnoringNaN(double a, double b) =>
        double.IsNaN(a) ? b
        : double.IsNaN(b) ? a
        : Math.Min(a, b);
}

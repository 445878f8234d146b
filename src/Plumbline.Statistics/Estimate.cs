namespace Plumbline.Statistics;

/// <summary>
/// A computed number with the size of what it was computed from and, where one is defined, a 95 % interval.
/// <see cref="Value"/> is absent unless <see cref="Status"/> is <see cref="EstimateStatus.Ok"/>: a NaN or an infinity never travels on.
/// </summary>
public readonly record struct Estimate
{
    private Estimate(EstimateStatus status, double? value, long n, long? m, string? reason)
    {
        Status = status;
        Value = value;
        N = n;
        M = m;
        Reason = reason;
    }

    /// <summary>Whether <see cref="Value"/> is there, and if not, which kind of obstacle there was.</summary>
    public EstimateStatus Status { get; }

    /// <summary>The number; null unless the status is Ok. Always finite.</summary>
    public double? Value { get; }

    /// <summary>Lower end of the interval; null when no interval is defined.</summary>
    public double? Lower { get; private init; }

    /// <summary>Upper end of the interval; null when no interval is defined.</summary>
    public double? Upper { get; private init; }

    /// <summary>Standard error of the value where the interval rests on one; null otherwise.</summary>
    public double? StandardError { get; private init; }

    /// <summary>
    /// For a value read from a profile (bins instead of rows): the value from the rows themselves lies within this distance. Null for
    /// values from rows.
    /// </summary>
    public double? ErrorBound { get; private init; }

    /// <summary>Rows used; for two-sample quantities the rows of the reference.</summary>
    public long N { get; }

    /// <summary>Rows of the current sample; null for one-sample quantities.</summary>
    public long? M { get; }

    /// <summary>In words why there is no value; null when there is one.</summary>
    public string? Reason { get; private init; }

    /// <summary>True when there is a value.</summary>
    public bool IsOk => Status == EstimateStatus.Ok;

    /// <summary>
    /// How the reason begins when a result is beyond what a number can hold, as sums of squares of values above 1e154 are.
    /// </summary>
    public const string OverflowPrefix = "overflow: ";

    /// <summary>A value of one sample of <paramref name="n"/> rows; not finite becomes <see cref="EstimateStatus.Undefined"/>.</summary>
    public static Estimate Of(double value, long n) => Of(value, n, null);

    /// <summary>A value that compares <paramref name="n"/> reference rows with <paramref name="m"/> current rows.</summary>
    public static Estimate Of(double value, long n, long? m) =>
        double.IsFinite(value)
            ? new Estimate(EstimateStatus.Ok, value, n, m, null)
            : new Estimate(EstimateStatus.Undefined, null, n, m, OverflowPrefix + "the result is not a finite number");

    /// <summary>There are too few rows.</summary>
    public static Estimate Insufficient(long n, long? m, string reason) => new(EstimateStatus.InsufficientData, null, n, m, reason);

    /// <summary>The quantity is not defined on these rows.</summary>
    public static Estimate Undefined(long n, long? m, string reason) => new(EstimateStatus.Undefined, null, n, m, reason);

    /// <summary>The same value with an interval; without a value nothing changes.</summary>
    public Estimate With(Interval? interval) =>
        IsOk && interval is { } known && double.IsFinite(known.Lower) && double.IsFinite(known.Upper)
            ? this with
            {
                Lower = Math.Min(known.Lower, known.Upper),
                Upper = Math.Max(known.Lower, known.Upper),
            }
            : this;

    /// <summary>The same value with its standard error.</summary>
    public Estimate WithStandardError(double standardError) =>
        IsOk && double.IsFinite(standardError) ? this with { StandardError = standardError } : this;

    /// <summary>The same value with the bound of what the profile lost.</summary>
    public Estimate WithErrorBound(double bound) => IsOk && double.IsFinite(bound) ? this with { ErrorBound = bound } : this;

    /// <summary>The same value with a word on what it leaves out.</summary>
    public Estimate WithReason(string reason) => IsOk ? this with { Reason = reason } : this;

    /// <summary>
    /// The same estimate when every sample has at least <paramref name="minimum"/> rows, else
    /// <see cref="EstimateStatus.InsufficientData"/>. The functions of this library compute wherever the mathematics is defined; a caller
    /// that shows numbers to people asks for 30 rows.
    /// </summary>
    public Estimate RequireAtLeast(long minimum)
    {
        var smallest = Math.Min(N, M ?? N);
        return smallest >= minimum || Status == EstimateStatus.InsufficientData
            ? this
            : Insufficient(N, M, $"{smallest} rows, {minimum} are needed");
    }
}

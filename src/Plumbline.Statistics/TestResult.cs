namespace Plumbline.Statistics;

/// <summary>The outcome of a statistical test: statistic and p-value, absent together unless the test could be carried out.</summary>
public readonly record struct TestResult
{
    private TestResult(EstimateStatus status, double? statistic, double? p, long n, long m, string? reason)
    {
        Status = status;
        Statistic = statistic;
        PValue = p;
        N = n;
        M = m;
        Reason = reason;
    }

    /// <summary>Whether the test could be carried out.</summary>
    public EstimateStatus Status { get; }

    /// <summary>The test statistic; null unless the status is Ok. Always finite.</summary>
    public double? Statistic { get; }

    /// <summary>The p-value in [0, 1]; null when the test was not carried out or defines none.</summary>
    public double? PValue { get; }

    /// <summary>Degrees of freedom where the reference distribution has them.</summary>
    public double? DegreesOfFreedom { get; private init; }

    /// <summary>How the p-value was computed: "exact", "asymptotic", "permutation", "chi-square" ...</summary>
    public string? Method { get; private init; }

    /// <summary>
    /// For a statistic read from a profile: the statistic of the rows themselves is at most this much larger. Null for statistics of rows.
    /// </summary>
    public double? ErrorBound { get; private init; }

    /// <summary>Rows of the reference.</summary>
    public long N { get; }

    /// <summary>Rows of the current sample (0 for one-sample tests).</summary>
    public long M { get; }

    /// <summary>In words why there is no result; null when there is one.</summary>
    public string? Reason { get; }

    /// <summary>True when the test was carried out.</summary>
    public bool IsOk => Status == EstimateStatus.Ok;

    /// <summary>
    /// A result; a statistic that is not finite becomes <see cref="EstimateStatus.Undefined"/>, a p outside [0, 1] by rounding is clamped.
    /// </summary>
    public static TestResult Of(double statistic, double? p, long n, long m, string? method = null, double? degreesOfFreedom = null)
    {
        if (!double.IsFinite(statistic))
            return Undefined(n, m, "the statistic is not a finite number");
        double? probability = p is { } known && !double.IsNaN(known) ? Math.Clamp(known, 0, 1) : null;
        return new TestResult(EstimateStatus.Ok, statistic, probability, n, m, null)
        {
            Method = method,
            DegreesOfFreedom = degreesOfFreedom,
        };
    }

    /// <summary>There are too few rows.</summary>
    public static TestResult Insufficient(long n, long m, string reason) => new(EstimateStatus.InsufficientData, null, null, n, m, reason);

    /// <summary>The test is not defined on these rows.</summary>
    public static TestResult Undefined(long n, long m, string reason) => new(EstimateStatus.Undefined, null, null, n, m, reason);

    /// <summary>The same result with the bound of what the profile lost.</summary>
    public TestResult WithErrorBound(double bound) => IsOk && double.IsFinite(bound) ? this with { ErrorBound = bound } : this;

    /// <summary>
    /// The same result when both samples have at least <paramref name="minimum"/> rows, else <see cref="EstimateStatus.InsufficientData"/>.
    /// </summary>
    public TestResult RequireAtLeast(long minimum)
    {
        var smallest = Math.Min(N, M);
        return smallest >= minimum || Status == EstimateStatus.InsufficientData
            ? this
            : Insufficient(N, M, $"{smallest} rows, {minimum} are needed");
    }

    /// <summary>The statistic as an estimate, for callers that store one kind of number.</summary>
    public Estimate ToEstimate() =>
        Status switch
        {
            EstimateStatus.Ok => ErrorBound is { } bound
                ? Estimate.Of(Statistic!.Value, N, M).WithErrorBound(bound)
                : Estimate.Of(Statistic!.Value, N, M),
            EstimateStatus.InsufficientData => Estimate.Insufficient(N, M, Reason!),
            _ => Estimate.Undefined(N, M, Reason!),
        };
}

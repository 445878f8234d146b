namespace Plumbline.Alerting.Health;

/// <summary>
/// When a layer is worth a look. Until rules exist these few limits stand in for them: simple, the same for every model,
/// and kept in this one file. A rate counts only when its whole 95 % interval is beyond the limit, a change only when the
/// interval excludes the former value; below the stated rows nothing is judged.
/// </summary>
public static class HealthLimits
{
    /// <summary>Rows of a day that a judgement needs.</summary>
    public const long EnoughRows = 300;

    /// <summary>Rows with ground truth that a judgement of outcomes needs.</summary>
    public const long EnoughLabelled = 100;

    /// <summary>Days that the newest day is compared with.</summary>
    public const int ComparedDays = 14;

    /// <summary>Share of errors and timeouts.</summary>
    public const double FailuresWatch = 0.01;
    public const double FailuresBad = 0.05;

    /// <summary>p95 of the latency as a multiple of its median over the compared days.</summary>
    public const double LatencyWatch = 1.5;
    public const double LatencyBad = 3;

    /// <summary>Population stability index against the reference. The usual bands are folklore, but everyone knows them.</summary>
    public const double DriftWatch = 0.1;
    public const double DriftBad = 0.25;

    /// <summary>Rise of a feature's missing rate over its lowest day or over the reference, whichever was lower, in shares of rows.</summary>
    public const double MissingRiseWatch = 0.02;
    public const double MissingRiseBad = 0.1;

    /// <summary>Share of values that the reference never had.</summary>
    public const double UnseenWatch = 0.01;
    public const double UnseenBad = 0.05;

    /// <summary>Share of values outside the reference's range.</summary>
    public const double OutOfRangeWatch = 0.05;
    public const double OutOfRangeBad = 0.25;

    /// <summary>Share of values of the wrong type.</summary>
    public const double TypeErrorsWatch = 0.001;
    public const double TypeErrorsBad = 0.01;

    /// <summary>Rise of the largest class share over its median, in shares of predictions.</summary>
    public const double ConcentrationWatch = 0.1;
    public const double ConcentrationBad = 0.2;

    /// <summary>Fall of accuracy below its mean over the compared days.</summary>
    public const double AccuracyFallWatch = 0.02;
    public const double AccuracyFallBad = 0.05;

    /// <summary>Fall of accuracy within one segment: segments are many and small, so it must be larger.</summary>
    public const double SegmentFallWatch = 0.1;
    public const double SegmentFallBad = 0.2;

    /// <summary>Growth of the mean absolute error of a regression, relative to its mean over the compared days.</summary>
    public const double ErrorGrowthWatch = 0.1;
    public const double ErrorGrowthBad = 0.25;
}

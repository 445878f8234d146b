namespace Plumbline.Statistics;

/// <summary>
/// Whether a number could be computed, and if not, why not. Numbers that could not be computed are absent, never 0 or NaN.
/// </summary>
public enum EstimateStatus
{
    /// <summary>The value is defined and was computed.</summary>
    Ok = 0,

    /// <summary>There are too few rows to say anything.</summary>
    InsufficientData = 1,

    /// <summary>There are rows, but the quantity is not defined on them (one class only, a zero variance, a division by zero).</summary>
    Undefined = 2,
}

using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Outliers;

/// <summary>
/// Robust z-scores against a reference: 0.67449 (x - median) / MAD, 0.67449 = the normal's 75 % quantile (Iglewicz and Hoaglin 1993); above
/// 3.5 in absolute value counts as unusual. When more than half of the reference is one value (MAD 0) the mean absolute deviation from the
/// median, times 1.2533, stands in. Immutable.
/// </summary>
public sealed record RobustScale
{
    private const double NormalQuartile = 0.67448975019608171;

    private RobustScale(double median, double unit)
    {
        Median = median;
        Unit = unit;
    }

    /// <summary>Median of the reference.</summary>
    public double Median { get; }

    /// <summary>What counts as one standard deviation, in the unit of the feature; 0 for a constant reference.</summary>
    public double Unit { get; }

    /// <summary>Fits to a reference.</summary>
    /// <exception cref="ArgumentException">The reference is empty or holds a value that is not finite.</exception>
    public static RobustScale Fit(ReadOnlySpan<double> reference)
    {
        Require.Finite(reference);
        if (reference.IsEmpty)
            throw new ArgumentException("At least one value is needed.", nameof(reference));
        var median = Quantile.OfSorted(Sorting.Ascending(reference), 0.5);
        var deviations = new double[reference.Length];
        var sum = 0.0;
        for (var i = 0; i < deviations.Length; i++)
            sum += deviations[i] = Math.Abs(reference[i] - median);
        var mad = Quantile.OfSorted(Sorting.Ascending(deviations), 0.5);
        return new RobustScale(median, mad > 0 ? mad / NormalQuartile : 1.2533 * sum / deviations.Length);
    }

    /// <summary>
    /// The signed score; null for a value that is not finite, or that differs from a constant reference (there is no unit to measure in).
    /// </summary>
    public double? Score(double value)
    {
        if (!double.IsFinite(value))
            return null;
        if (Unit == 0)
            return value == Median ? 0 : null;
        return (value - Median) / Unit;
    }
}

/// <summary>Tukey's fences: values outside [q25 - k IQR, q75 + k IQR] of the reference are unusual.</summary>
/// <param name="Lower">Lower fence.</param>
/// <param name="Upper">Upper fence.</param>
public readonly record struct QuantileFences(double Lower, double Upper)
{
    /// <summary>Fits to a reference.</summary>
    /// <param name="reference">At least one finite value.</param>
    /// <param name="factor">k, not negative: 1.5 = unusual, 3 = far out.</param>
    /// <exception cref="ArgumentException">The reference is empty or holds a value that is not finite.</exception>
    public static QuantileFences Fit(ReadOnlySpan<double> reference, double factor = 1.5)
    {
        Require.Finite(reference);
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        if (reference.IsEmpty)
            throw new ArgumentException("At least one value is needed.", nameof(reference));
        var sorted = Sorting.Ascending(reference);
        var (low, high) = (Quantile.OfSorted(sorted, 0.25), Quantile.OfSorted(sorted, 0.75));
        return new QuantileFences(low - factor * (high - low), high + factor * (high - low));
    }

    /// <summary>True outside the fences; false for NaN.</summary>
    public bool IsOutside(double value) => value < Lower || value > Upper;
}

/// <summary>
/// How surprising a category is: -log2 of its smoothed share (count + 0.5) / (n + 0.5 K), in bits; a category never seen has count 0.
/// Immutable.
/// </summary>
public sealed class CategorySurprise
{
    private readonly Dictionary<string, double> _bits;

    private CategorySurprise(Dictionary<string, double> bits, double unseen)
    {
        _bits = bits;
        Unseen = unseen;
    }

    /// <summary>Bits of a category that the reference never had.</summary>
    public double Unseen { get; }

    /// <summary>Fits to the reference's counts.</summary>
    /// <exception cref="ArgumentException">There are no rows, or a count is negative.</exception>
    public static CategorySurprise Fit(IReadOnlyDictionary<string, long> counts)
    {
        var total = CategoryCounts.Total(counts);
        // One more bin than categories: the one for all that was never seen.
        var denominator = total + 0.5 * (counts.Count + 1);
        return new CategorySurprise(
            counts.ToDictionary(c => c.Key, c => -Math.Log2((c.Value + 0.5) / denominator), StringComparer.Ordinal),
            -Math.Log2(0.5 / denominator)
        );
    }

    /// <summary>Bits of a category, positive.</summary>
    public double Score(string category) => _bits.GetValueOrDefault(category, Unseen);
}

/// <summary>
/// How unusual the length of a text is: the robust z-score of ln(1 + length), since lengths spread over orders of magnitude. Immutable.
/// </summary>
public sealed class TextLengthScale
{
    private readonly RobustScale _scale;

    private TextLengthScale(RobustScale scale) => _scale = scale;

    /// <summary>Fits to the lengths of the reference's texts.</summary>
    /// <exception cref="ArgumentException">There are none, or one is negative.</exception>
    public static TextLengthScale Fit(ReadOnlySpan<int> lengths)
    {
        var logs = new double[lengths.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lengths[i], nameof(lengths));
            logs[i] = Math.Log(1.0 + lengths[i]);
        }

        return new TextLengthScale(RobustScale.Fit(logs));
    }

    /// <summary>Signed score; null when the length differs from a constant reference.</summary>
    public double? Score(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return _scale.Score(Math.Log(1.0 + length));
    }
}

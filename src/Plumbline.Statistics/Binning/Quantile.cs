namespace Plumbline.Statistics.Binning;

/// <summary>
/// Quantiles of a sample: type 7 of Hyndman and Fan (1996), linear between order statistics; the default of NumPy, R and Excel.
/// </summary>
public static class Quantile
{
    /// <summary>The quantile of a sample that is sorted ascending.</summary>
    /// <param name="sorted">At least one finite value, ascending.</param>
    /// <param name="probability">In [0, 1].</param>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1].</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.IsEmpty)
            throw new ArgumentException("At least one value is needed.", nameof(sorted));
        Require.Probability(probability);
        var position = (sorted.Length - 1) * probability;
        var below = Math.Min((int)position, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return Interpolate(sorted[below], sorted[above], position - below);
    }

    /// <summary>The quantile of a sample in any order; sorts a copy.</summary>
    /// <exception cref="ArgumentException">The sample is empty or holds a value that is not finite.</exception>
    public static double Of(ReadOnlySpan<double> values, double probability)
    {
        Require.Finite(values);
        var copy = values.ToArray();
        Array.Sort(copy);
        return OfSorted(copy, probability);
    }

    // From the nearer end, so that neither end is missed by rounding and the result stays monotone in the fraction.
    private static double Interpolate(double low, double high, double fraction)
    {
        var difference = high - low;
        if (difference == 0 || fraction == 0)
            return low;
        return fraction < 0.5 ? low + difference * fraction : high - difference * (1 - fraction);
    }
}

namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Effect sizes that can be compared between numeric and categorical features: the Hellinger distance H of two distributions is told as the
/// shift of a normal variable, in its standard deviations, that is as far: H^2 = 1 - exp(-d^2 / 8), so d = sqrt(-8 ln(1 - H^2)). A half
/// standard deviation is 0.5; a new category that takes 1 %, 5 % and 20 % is 0.20, 0.45 and 0.94. (Deciles see a normal shift at about 0.95
/// of its size.)
/// </summary>
public static class ShiftSize
{
    /// <summary>Below this a shift, however certain, is a matter for the digest: Cohen's "small" effect.</summary>
    public const double DefaultFloor = 0.2;

    /// <summary>The largest value given; distributions without any overlap would be infinitely far apart.</summary>
    public const double Largest = 10;

    /// <summary>From a squared Hellinger distance; values outside [0, 1] by rounding or correction are clamped.</summary>
    public static double FromSquaredHellinger(double squared) =>
        squared <= 0 ? 0 : Math.Min(Largest, Math.Sqrt(-8 * Math.Log(1 - Math.Min(squared, 1 - 1e-9))));

    /// <summary>
    /// Between two rows of counts, without what chance adds on average: the squared distance of two samples of one law is about (B - 1)
    /// (1/n + 1/m) / 8, B = bins that hold rows. 0 when the difference is no larger than that; null when a side is empty.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? Between(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        Require.SameLength(reference.Length, current.Length, nameof(current));
        double n = 0,
            m = 0;
        var bins = 0;
        for (var b = 0; b < reference.Length; b++)
        {
            Require.Count(reference[b], b, nameof(reference));
            Require.Count(current[b], b, nameof(current));
            n += reference[b];
            m += current[b];
            bins += reference[b] + current[b] > 0 ? 1 : 0;
        }

        if (n == 0 || m == 0)
            return null;
        var overlap = 0.0;
        for (var b = 0; b < reference.Length; b++)
            overlap += Math.Sqrt(reference[b] / n * (current[b] / m));
        return FromSquaredHellinger(1 - overlap - Math.Max(0, bins - 1) * (1 / n + 1 / m) / 8);
    }
}

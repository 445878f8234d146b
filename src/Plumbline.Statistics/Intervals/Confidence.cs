using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Intervals;

/// <summary>Intervals that rest on approximate normality.</summary>
public static class Confidence
{
    private static readonly double Z95 = Tails.NormalQuantile(0.975);

    /// <summary>The two-sided normal quantile: 1.959964 for 0.95.</summary>
    public static double Z(double level) => level == 0.95 ? Z95 : Tails.NormalQuantile(0.5 + level / 2);

    /// <summary>value +- z * standard error.</summary>
    public static Interval Normal(double value, double standardError, double level = 0.95)
    {
        var half = Z(level) * standardError;
        return new Interval(value - half, value + half);
    }

    /// <summary>
    /// The interval of a mean from sums: mean +- z * s / sqrt(n) with the unbiased s. Null for fewer than two rows.
    /// </summary>
    /// <param name="n">Number (or total weight) of rows.</param>
    /// <param name="mean">Their mean.</param>
    /// <param name="sumOfSquaredDeviations">Sum of (x - mean)^2; tiny negative values from rounding count as 0.</param>
    /// <param name="level">Coverage, inside (0, 1).</param>
    public static Interval? Mean(double n, double mean, double sumOfSquaredDeviations, double level = 0.95) =>
        n < 2 ? null : Normal(mean, Math.Sqrt(Math.Max(0, sumOfSquaredDeviations) / (n - 1) / n), level);
}

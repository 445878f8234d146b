using MathNet.Numerics;

namespace Plumbline.Statistics.Probability;

/// <summary>
/// Tail probabilities and quantiles of the reference distributions that the tests of this library use. Upper tails are computed as such,
/// not as one minus a cumulative probability, so that small p-values keep their digits.
/// </summary>
public static class Tails
{
    /// <summary>P(Z &gt; z) of the standard normal.</summary>
    public static double Normal(double z) => 0.5 * SpecialFunctions.Erfc(z / Math.Sqrt(2));

    /// <summary>P(|Z| &gt; |z|) of the standard normal.</summary>
    public static double NormalTwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>The z with P(Z &lt;= z) = <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not inside (0, 1).</exception>
    public static double NormalQuantile(double probability)
    {
        Require.OpenUnit(probability);
        var z = -Math.Sqrt(2) * SpecialFunctions.ErfcInv(2 * probability);
        // One Newton step on the logarithm of the tail: the rational approximation is good to about 1e-9 only far out.
        var sign = z > 0 ? 1 : -1;
        var tail = sign > 0 ? 1 - probability : probability;
        var distance = Math.Abs(z);
        var density = Math.Exp(-0.5 * distance * distance) / Math.Sqrt(2 * Math.PI);
        if (density > 0 && tail > 0 && Math.Abs(probability - 0.5) > 0.25)
            distance += (Normal(distance) - tail) / density;
        else
            return z;
        return sign * distance;
    }

    /// <summary>P(X &gt; x) of chi-square with <paramref name="degreesOfFreedom"/> (&gt; 0).</summary>
    public static double ChiSquare(double x, double degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        if (double.IsPositiveInfinity(x))
            return 0;
        return x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(degreesOfFreedom / 2, x / 2);
    }

    /// <summary>P(T &gt; t) of Student's t with <paramref name="degreesOfFreedom"/> (&gt; 0).</summary>
    public static double Student(double t, double degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        var half = 0.5 * SpecialFunctions.BetaRegularized(degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + t * t));
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>
    /// The t with P(T &lt;= t) = <paramref name="probability"/> of Student's t, by halving the interval in which <see cref="Student"/>
    /// passes it; the normal's for more than a million degrees of freedom, from which it differs by less than 1e-5 of itself there.
    /// </summary>
    /// <param name="probability">Inside (0, 1).</param>
    /// <param name="degreesOfFreedom">Above 0, need not be whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability or the degrees of freedom are out of their range.</exception>
    public static double StudentQuantile(double probability, double degreesOfFreedom)
    {
        Require.OpenUnit(probability);
        if (!(degreesOfFreedom > 0))
            throw new ArgumentOutOfRangeException(nameof(degreesOfFreedom), degreesOfFreedom, "Must be positive.");
        if (degreesOfFreedom > 1e6)
            return NormalQuantile(probability);
        if (probability == 0.5)
            return 0;
        var tail = Math.Min(probability, 1 - probability);
        double low = 0,
            high = 1;
        while (Student(high, degreesOfFreedom) > tail && double.IsFinite(high))
            (low, high) = (high, 2 * high);
        while ((low + high) / 2 is var middle && middle > low && middle < high)
        {
            if (Student(middle, degreesOfFreedom) > tail)
                low = middle;
            else
                high = middle;
        }

        return probability < 0.5 ? -high : high;
    }

    /// <summary>P(F &gt; f) of Fisher's F with the degrees of freedom of numerator and denominator.</summary>
    public static double Fisher(double f, double numerator, double denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numerator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        return f <= 0 ? 1 : SpecialFunctions.BetaRegularized(denominator / 2, numerator / 2, denominator / (denominator + numerator * f));
    }

    /// <summary>
    /// The limit distribution of Kolmogorov's statistic: P(sup|B| &gt; lambda) for the Brownian bridge B. The theta series for large, its
    /// Jacobi transform for small arguments; both reach full precision within a few terms around the switch.
    /// </summary>
    public static double Kolmogorov(double lambda)
    {
        if (lambda <= 0)
            return 1;
        var sum = 0.0;
        if (lambda < 1.18)
        {
            var factor = -Math.PI * Math.PI / (8 * lambda * lambda);
            for (var k = 1; k <= 19; k += 2)
                sum += Math.Exp(k * k * factor);
            return 1 - Math.Sqrt(2 * Math.PI) / lambda * sum;
        }

        for (var k = 1; k <= 12; k++)
            sum += (k % 2 == 1 ? 1 : -1) * Math.Exp(-2.0 * k * k * lambda * lambda);
        return Math.Clamp(2 * sum, 0, 1);
    }
}

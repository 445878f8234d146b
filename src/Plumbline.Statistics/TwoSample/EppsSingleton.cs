using MathNet.Numerics.LinearAlgebra;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.TwoSample;

/// <summary>
/// The Epps-Singleton test (1986): compares the empirical characteristic functions at two points, scaled by half the pooled interquartile
/// range. Valid for discrete values too. The statistic is asymptotically chi-square with 4 degrees of freedom (the rank of the estimated
/// covariance, when lower).
/// </summary>
public static class EppsSingleton
{
    /// <summary>Carries out the test.</summary>
    /// <param name="reference">At least 5 finite values in any order.</param>
    /// <param name="current">At least 5 finite values in any order.</param>
    /// <returns>Undefined when the pooled interquartile range is 0.</returns>
    public static TestResult Test(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var pair = SamplePair.Of(reference, current);
        if (pair.TooFew(5) is { } reason)
            return TestResult.Insufficient(pair.N, pair.M, reason);
        var pooled = pair.Pool().Values;
        var scale = (Quantile.OfSorted(pooled, 0.75) - Quantile.OfSorted(pooled, 0.25)) / 2;
        if (!(scale > 0) || !double.IsFinite(0.8 * pooled[^1] / scale) || !double.IsFinite(0.8 * pooled[0] / scale))
            return TestResult.Undefined(pair.N, pair.M, "the pooled interquartile range is 0, or too small or large beside the values");
        var (meanX, covarianceX) = Moments(pair.Reference, scale);
        var (meanY, covarianceY) = Moments(pair.Current, scale);
        double n = pair.N,
            m = pair.M,
            total = n + m;
        var covariance = covarianceX * (total / n) + covarianceY * (total / m);
        var difference = meanX - meanY;

        // Pseudo-inverse through the eigenvalues: the matrix is symmetric, and loses rank for values on a lattice.
        var decomposition = covariance.Evd(Symmetricity.Symmetric);
        var values = decomposition.EigenValues.Real();
        var tolerance = values.AbsoluteMaximum() * 4 * 2.2204460492503131e-16 * 4;
        double statistic = 0;
        var rank = 0;
        for (var k = 0; k < 4; k++)
        {
            if (values[k] <= tolerance)
                continue;
            var projection = decomposition.EigenVectors.Column(k).DotProduct(difference);
            statistic += projection * projection / values[k];
            rank++;
        }

        if (rank == 0)
            return TestResult.Undefined(pair.N, pair.M, "the estimated covariance is zero");
        statistic *= total;
        if (Math.Max(n, m) < 25)
            statistic /= 1 + Math.Pow(total, -0.45) + 10.1 * (Math.Pow(n, -1.7) + Math.Pow(m, -1.7));
        return TestResult.Of(statistic, Tails.ChiSquare(statistic, rank), pair.N, pair.M, "chi-square", rank);
    }

    private static (Vector<double> Mean, Matrix<double> Covariance) Moments(double[] sample, double scale)
    {
        var mean = new double[4];
        var second = new double[4, 4];
        Span<double> g = stackalloc double[4];
        foreach (var value in sample)
        {
            Waves(value, scale, g);
            for (var a = 0; a < 4; a++)
                mean[a] += g[a] / sample.Length;
        }

        foreach (var value in sample)
        {
            Waves(value, scale, g);
            for (var a = 0; a < 4; a++)
            {
                for (var b = 0; b < 4; b++)
                    second[a, b] += (g[a] - mean[a]) * (g[b] - mean[b]) / sample.Length;
            }
        }

        return (Vector<double>.Build.Dense(mean), Matrix<double>.Build.DenseOfArray(second));
    }

    private static void Waves(double value, double scale, Span<double> g)
    {
        (g[2], g[0]) = Math.SinCos(0.4 * value / scale);
        (g[3], g[1]) = Math.SinCos(0.8 * value / scale);
    }
}

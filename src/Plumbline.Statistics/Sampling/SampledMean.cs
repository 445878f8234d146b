namespace Plumbline.Statistics.Sampling;

/// <summary>One row of a Poisson sample.</summary>
/// <param name="Value">What was measured of it, such as 1 for a right answer.</param>
/// <param name="Probability">With which it was to be taken, in (0, 1].</param>
public readonly record struct SampledRow(double Value, double Probability);

/// <summary>
/// The mean of a population from a Poisson sample of it, each row weighted by 1 / probability (Hájek 1971): without bias for large samples,
/// whatever the rows were chosen by.
/// </summary>
public static class SampledMean
{
    /// <summary>
    /// Sum of y / p divided by sum of 1 / p, with its 95 % interval: Student's t with the effective number of rows (Kish 1965) and the
    /// linearised variance, sum (1 - p) ((y - mean) / p)^2 over (sum 1 / p)^2 (Särndal, Swensson and Wretman 1992, 5.7 and 3.5). Where that
    /// rests on few rows, it is drawn towards the one that holds when values have nothing to do with probabilities (Franco, Little, Louis
    /// and Slud 2019); as rows, those are (sum e^2)^2 / sum e^4 of residuals e against 4. Shares get Wilson's interval, which lies within
    /// [0, 1], with as many rows as have that variance (Kott 2017). Where all probabilities are 1 the mean is known and the interval a
    /// point. Insufficient below two rows.
    /// </summary>
    /// <param name="rows">The rows that were taken and measured; finite values.</param>
    /// <param name="areShares">True where values are 0 or 1.</param>
    /// <exception cref="ArgumentException">
    /// A value is not finite, or of shares outside [0, 1]; a probability is outside (0, 1].
    /// </exception>
    public static Estimate Of(IReadOnlyList<SampledRow> rows, bool areShares = false)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double[] values = [.. rows.Select(row => row.Value)];
        Check(values, areShares, nameof(rows));
        var sample = new PoissonSample([.. rows.Select(row => row.Probability)], nameof(rows));
        return rows.Count < 2 ? Estimate.Insufficient(rows.Count, null, "fewer than two rows") : Of(sample, values, areShares);
    }

    internal static Estimate Of(PoissonSample sample, ReadOnlySpan<double> values, bool areShares)
    {
        var residuals = sample.Residuals(values);
        var variance = sample.OfMeans(residuals, residuals, PoissonSample.Carriers(residuals));
        return sample.Estimated(sample.Mean(values), variance, sample.DegreesOfFreedom, areShares);
    }

    internal static void Check(ReadOnlySpan<double> values, bool areShares, string name)
    {
        Require.Finite(values, name);
        foreach (var value in values)
        {
            if (areShares && value is not (>= 0 and <= 1))
                throw new ArgumentException($"{value} is no share: it is not in [0, 1].", name);
        }
    }
}

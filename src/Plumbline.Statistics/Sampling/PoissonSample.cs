using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Sampling;

/// <summary>
/// The weights of a Poisson sample, and the variance of Hájek means under them. The design's own variance, sum (1 - p) e^2 / p^2 over (sum
/// 1 / p)^2 for residuals e (Särndal, Swensson and Wretman 1992, 3.5 and 5.7), rests on the few rows whose residual is large: of three
/// errors in a sample none may be a row of a large weight, and the variance comes out as too small by far. So it is drawn towards the
/// variance that there would be if residuals had nothing to do with weights (a model of the design effect, as Franco, Little, Louis and
/// Slud 2019 advise for small shares), which counts as <see cref="PriorRows"/> rows against those that carry the residuals.
/// </summary>
internal sealed class PoissonSample
{
    /// <summary>Rows that a prior belief counts as: the four of Agresti and Coull (1998), about 1.96^2.</summary>
    public const double PriorRows = 4;

    private readonly double[] _probabilities;
    private readonly double _unrelated;
    private readonly double _weights;

    /// <summary>Takes the probabilities of the rows that were drawn.</summary>
    /// <param name="probabilities">Each in (0, 1].</param>
    /// <param name="name">What the caller's argument is called.</param>
    public PoissonSample(double[] probabilities, string name)
    {
        _probabilities = probabilities;
        var squares = 0.0;
        foreach (var p in probabilities)
        {
            if (!(p > 0 && p <= 1))
                throw new ArgumentException($"The probability {p} is not in (0, 1].", name);
            _weights += 1 / p;
            squares += 1 / (p * p);
            _unrelated += (1 - p) / (p * p);
        }

        DegreesOfFreedom = Math.Max(1, _weights * _weights / squares - 1);
        _unrelated /= _weights * _weights;
    }

    /// <summary>One less than the equally weighted rows that would say as much (Kish 1965), at least 1.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>
    /// Rows drawn with replacement whose mean would have the variance that this sample's has where values have nothing to do with weights;
    /// infinite when every row was certain to be taken.
    /// </summary>
    public double Rows => 1 / _unrelated;

    /// <summary>Sum of value / p over sum of 1 / p.</summary>
    public double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += values[i] / _probabilities[i];
        return sum / _weights;
    }

    public double[] Residuals(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        var residuals = new double[values.Length];
        for (var i = 0; i < residuals.Length; i++)
            residuals[i] = values[i] - mean;
        return residuals;
    }

    /// <summary>Weighted mean of the products of residuals: the population's covariance.</summary>
    public double Covariance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
            sum += first[i] * second[i] / _probabilities[i];
        return sum / _weights;
    }

    /// <summary>Covariance of two Hájek means: what the design says, drawn towards the one without any relation to weights.</summary>
    /// <param name="first">Residuals of one.</param>
    /// <param name="second">Residuals of the other.</param>
    /// <param name="carriers"><see cref="Carriers"/> of the residuals that matter.</param>
    /// <param name="spread">The population's covariance of both; null: as the sample has it.</param>
    public double OfMeans(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double carriers, double? spread = null)
    {
        var design = 0.0;
        for (var i = 0; i < first.Length; i++)
            design += (1 - _probabilities[i]) * first[i] * second[i] / (_probabilities[i] * _probabilities[i]);
        design /= _weights * _weights;
        var unrelated = (spread ?? Covariance(first, second)) * _unrelated;
        return (carriers * design + PriorRows * unrelated) / (carriers + PriorRows);
    }

    /// <summary>
    /// How many rows carry a variance: (sum e^2)^2 / sum e^4. All rows where residuals are alike, about the number of errors where values
    /// are 0 and 1 and errors rare.
    /// </summary>
    public static double Carriers(ReadOnlySpan<double> residuals)
    {
        double squares = 0,
            fourths = 0;
        foreach (var residual in residuals)
        {
            var square = residual * residual;
            squares += square;
            fourths += square * square;
        }

        return fourths > 0 ? squares * squares / fourths : 0;
    }

    /// <summary>
    /// A mean with its 95 % interval by Student's t. Of shares it is Wilson's with as many rows as have that variance (Kott 2017), which
    /// stays within [0, 1], is wide for a sample without any error, and is the other one for many rows.
    /// </summary>
    public Estimate Estimated(double mean, double variance, double degreesOfFreedom, bool areShares)
    {
        var rows = _probabilities.Length;
        if (areShares)
            mean = Math.Clamp(mean, 0, 1);
        // Squares of values beyond 1e154 are more than a number can hold.
        if (!double.IsFinite(variance) || !double.IsFinite(degreesOfFreedom))
            return Estimate.Of(mean, rows);
        var t = Tails.StudentQuantile(0.975, degreesOfFreedom);
        var half = t * Math.Sqrt(variance);
        var estimate = Estimate.Of(mean, rows).WithStandardError(Math.Sqrt(variance));
        if (!areShares || _unrelated == 0)
            return estimate.With(new Interval(mean - half, mean + half));
        var spread = mean * (1 - mean);
        var worth = variance > 0 && spread > 0 ? spread / variance : Rows;
        return estimate.With(Wilson.OfShare(mean, worth, t));
    }
}

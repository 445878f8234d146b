namespace Plumbline.Statistics.Calibration;

/// <summary>
/// Temperature scaling (Guo et al. 2017): softmax(z / T) with the T that minimises the negative log-likelihood. The top class never
/// changes. Immutable.
/// </summary>
/// <param name="Temperature">Above 1: the scores were overconfident. Between 0.01 and 100.</param>
/// <param name="NegativeLogLikelihood">Mean over the rows at that temperature, in nats.</param>
public sealed record TemperatureScaling(double Temperature, double NegativeLogLikelihood)
{
    private const double Bound = 100;

    /// <summary>Fits T within [0.01, 100]; a bound is reached for separable rows or scores without information.</summary>
    /// <param name="logits">Row-major rows x classes; log-probabilities serve too, since a constant per row cancels. Finite.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="groundTruth">Class index per row, at least one row.</param>
    public static TemperatureScaling Fit(ReadOnlySpan<double> logits, int classes, ReadOnlySpan<int> groundTruth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Require.SameLength(groundTruth.Length * classes, logits.Length, nameof(logits));
        Require.Finite(logits);
        if (groundTruth.IsEmpty)
            throw new ArgumentException("At least one row is needed.", nameof(groundTruth));
        foreach (var cls in groundTruth)
        {
            if (cls < 0 || cls >= classes)
                throw new ArgumentOutOfRangeException(nameof(groundTruth), cls, $"Classes are numbered 0 .. {classes - 1}.");
        }

        // Convex in b = 1 / T: bisect the derivative, which rises.
        double low = 1 / Bound,
            high = Bound;
        for (var i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Evaluate(logits, classes, groundTruth, middle).Slope > 0)
                high = middle;
            else
                low = middle;
        }

        var inverse = (low + high) / 2;
        return new TemperatureScaling(1 / inverse, Evaluate(logits, classes, groundTruth, inverse).Loss);
    }

    /// <summary>Mean negative log-likelihood at a given temperature, in nats.</summary>
    public static double Loss(ReadOnlySpan<double> logits, int classes, ReadOnlySpan<int> groundTruth, double temperature)
    {
        Require.PositiveFinite(temperature);
        Require.SameLength(groundTruth.Length * classes, logits.Length, nameof(logits));
        return Evaluate(logits, classes, groundTruth, 1 / temperature).Loss;
    }

    /// <summary>Turns one row of logits into scaled probabilities.</summary>
    public void Apply(ReadOnlySpan<double> logits, Span<double> probabilities)
    {
        Require.SameLength(logits.Length, probabilities.Length, nameof(probabilities));
        var highest = double.NegativeInfinity;
        foreach (var z in logits)
            highest = Math.Max(highest, z);
        var sum = 0.0;
        for (var k = 0; k < logits.Length; k++)
            sum += probabilities[k] = Math.Exp((logits[k] - highest) / Temperature);
        for (var k = 0; k < logits.Length; k++)
            probabilities[k] /= sum;
    }

    private static (double Loss, double Slope) Evaluate(
        ReadOnlySpan<double> logits,
        int classes,
        ReadOnlySpan<int> groundTruth,
        double inverse
    )
    {
        double loss = 0,
            slope = 0;
        for (var i = 0; i < groundTruth.Length; i++)
        {
            var row = logits.Slice(i * classes, classes);
            var highest = double.NegativeInfinity;
            foreach (var z in row)
                highest = Math.Max(highest, z);
            double sum = 0,
                weighted = 0;
            foreach (var z in row)
            {
                var e = Math.Exp(inverse * (z - highest));
                sum += e;
                weighted += e * (z - highest);
            }

            var own = row[groundTruth[i]] - highest;
            loss += Math.Log(sum) - inverse * own;
            slope += weighted / sum - own;
        }

        return (loss / groundTruth.Length, slope / groundTruth.Length);
    }
}

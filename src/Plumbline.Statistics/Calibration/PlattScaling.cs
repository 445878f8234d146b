namespace Plumbline.Statistics.Calibration;

/// <summary>
/// Platt's logistic recalibration on the logit: p' = sigmoid(slope * logit(p) + intercept), fitted by maximum likelihood without penalty
/// (Newton's method). Immutable.
/// </summary>
public sealed record PlattScaling
{
    /// <summary>Probabilities are clipped to [1e-12, 1 - 1e-12] before their logit is taken.</summary>
    public const double Clip = 1e-12;

    private PlattScaling(double slope, double intercept)
    {
        Slope = slope;
        Intercept = intercept;
    }

    /// <summary>Factor on the logit; 1 = no change, below 1 = the scores were overconfident.</summary>
    public double Slope { get; }

    /// <summary>Added to the logit.</summary>
    public double Intercept { get; }

    /// <summary>
    /// Fits to probabilities and their outcomes; null when they are perfectly separated or of one class, where the likelihood has no
    /// maximum.
    /// </summary>
    /// <param name="probabilities">In [0, 1].</param>
    /// <param name="positive">Whether each came true.</param>
    /// <param name="clip">Where probabilities are clipped before the logit, inside (0, 0.5).</param>
    public static PlattScaling? Fit(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> positive, double clip = Clip)
    {
        Require.SameLength(probabilities.Length, positive.Length, nameof(positive));
        var logits = new double[probabilities.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            Require.Probability(probabilities[i], nameof(probabilities));
            logits[i] = Logit(probabilities[i], clip);
        }

        double slope = 1,
            intercept = 0,
            likelihood = Likelihood(logits, positive, slope, intercept);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var (ga, gb, haa, hab, hbb) = Derivatives(logits, positive, slope, intercept);
            var determinant = haa * hbb - hab * hab;
            if (!(determinant > 1e-12 * haa * hbb))
                return null;
            var stepA = (hbb * ga - hab * gb) / determinant;
            var stepB = (haa * gb - hab * ga) / determinant;
            // Halve the step until the likelihood rises: far from the optimum a full step may overshoot.
            var scale = 1.0;
            var next = Likelihood(logits, positive, slope + stepA, intercept + stepB);
            while (!(next >= likelihood - 1e-12) && scale > 1e-10)
            {
                scale /= 2;
                next = Likelihood(logits, positive, slope + scale * stepA, intercept + scale * stepB);
            }

            slope += scale * stepA;
            intercept += scale * stepB;
            likelihood = next;
            if (Math.Abs(slope) > 1e6)
                return null;
            if (Math.Abs(stepA) + Math.Abs(stepB) < 1e-12 * (1 + Math.Abs(slope) + Math.Abs(intercept)))
                break;
        }

        return new PlattScaling(slope, intercept);
    }

    /// <summary>The recalibrated probability.</summary>
    public double Predict(double probability) => Sigmoid(Slope * Logit(probability, Clip) + Intercept);

    private static double Logit(double p, double clip)
    {
        p = Math.Clamp(p, clip, 1 - clip);
        return Math.Log(p / (1 - p));
    }

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double Likelihood(double[] logits, ReadOnlySpan<bool> positive, double slope, double intercept)
    {
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var eta = slope * logits[i] + intercept;
            eta = positive[i] ? eta : -eta;
            sum -= eta > 0 ? Math.Log(1 + Math.Exp(-eta)) : Math.Log(1 + Math.Exp(eta)) - eta;
        }

        return sum;
    }

    private static (double A, double B, double Haa, double Hab, double Hbb) Derivatives(
        double[] logits,
        ReadOnlySpan<bool> positive,
        double slope,
        double intercept
    )
    {
        double ga = 0,
            gb = 0,
            haa = 0,
            hab = 0,
            hbb = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var p = Sigmoid(slope * logits[i] + intercept);
            var residual = (positive[i] ? 1 : 0) - p;
            var weight = p * (1 - p);
            ga += residual * logits[i];
            gb += residual;
            haa += weight * logits[i] * logits[i];
            hab += weight * logits[i];
            hbb += weight;
        }

        return (ga, gb, haa, hab, hbb);
    }
}

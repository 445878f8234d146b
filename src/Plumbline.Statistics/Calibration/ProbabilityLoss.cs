using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Calibration;

/// <summary>Proper losses of predicted probabilities.</summary>
public static class ProbabilityLoss
{
    /// <summary>Where a probability is clipped before its logarithm is taken.</summary>
    public const double Clip = 1e-15;

    /// <summary>
    /// Mean of -ln p(truth), in nats; normal interval. P(positive) is clipped to [1e-15, 1 - 1e-15] before 1 - p is taken, as scikit-learn
    /// does.
    /// </summary>
    public static Estimate LogLoss(ScoreCounts scores) =>
        Mean(scores, static p => -Math.Log(Math.Clamp(p, Clip, 1 - Clip)), static p => -Math.Log(1 - Math.Clamp(p, Clip, 1 - Clip)));

    /// <summary>Mean of (p - y)^2, in [0, 1]; normal interval.</summary>
    public static Estimate Brier(ScoreCounts scores) => Mean(scores, static p => (1 - p) * (1 - p), static p => p * p);

    /// <summary>Expected calibration error of P(positive): 10 equal-width bins, bin = min(floor(10 p), 9).</summary>
    public static Estimate ExpectedCalibrationError(ScoreCounts scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.WhyNotProbabilities() is { } reason)
            return Estimate.Undefined(scores.N, null, reason);
        var bins = new CalibrationBins();
        bins.Add(scores);
        return bins.ExpectedCalibrationError();
    }

    private static Estimate Mean(ScoreCounts scores, Func<double, double> ofPositive, Func<double, double> ofNegative)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Total == 0)
            return Estimate.Insufficient(0, null, "no rows with a score");
        if (scores.WhyNotProbabilities() is { } reason)
            return Estimate.Undefined(scores.N, null, reason);
        double sum = 0;
        for (var i = 0; i < scores.Scores.Length; i++)
        {
            var p = scores.Scores[i];
            sum += scores.Positives[i] * ofPositive(p) + scores.Negatives[i] * ofNegative(p);
        }

        var mean = sum / scores.Total;
        double squares = 0;
        for (var i = 0; i < scores.Scores.Length; i++)
        {
            var (a, b) = (ofPositive(scores.Scores[i]) - mean, ofNegative(scores.Scores[i]) - mean);
            squares += scores.Positives[i] * a * a + scores.Negatives[i] * b * b;
        }

        var interval = Confidence.Mean(scores.Total, mean, squares);
        return Estimate.Of(mean, scores.N).With(interval is { } known ? known with { Lower = Math.Max(0, known.Lower) } : null);
    }
}

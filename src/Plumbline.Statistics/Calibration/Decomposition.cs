namespace Plumbline.Statistics.Calibration;

/// <summary>
/// A proper score split into reliability - resolution + uncertainty + within. Reliability: how far the bins' mean scores are from their
/// frequencies (0 is best). Resolution: how much the frequencies differ between bins (large is best). Uncertainty: the score of always
/// forecasting the overall frequency. Within: what the binning leaves over; 0 when the scores are constant in each bin (Stephenson et al.
/// 2008).
/// </summary>
/// <param name="Score">The score itself: Brier (0 .. 1) or log-loss (nats).</param>
/// <param name="Reliability">Not negative.</param>
/// <param name="Resolution">Not negative.</param>
/// <param name="Uncertainty">Not negative.</param>
/// <param name="Within">Remainder of the binning; may have either sign.</param>
public readonly record struct ScoreDecomposition(double Score, double Reliability, double Resolution, double Uncertainty, double Within)
{
    /// <summary>Murphy's (1973) decomposition of the Brier score over equal-width bins; null without rows.</summary>
    /// <exception cref="ArgumentException">A score is no probability.</exception>
    public static ScoreDecomposition? Brier(ScoreCounts counts, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Total == 0)
            return null;
        var grouped = Group(counts, bins);
        var score = ProbabilityLoss.Brier(counts).Value!.Value;
        var overall = counts.TotalPositives / counts.Total;
        double reliability = 0,
            resolution = 0;
        for (var b = 0; b < bins; b++)
        {
            var (count, positives, scores) = grouped.At(b);
            if (count == 0)
                continue;
            var (frequency, mean) = (positives / count, scores / count);
            reliability += count * (mean - frequency) * (mean - frequency);
            resolution += count * (frequency - overall) * (frequency - overall);
        }

        reliability /= counts.Total;
        resolution /= counts.Total;
        var uncertainty = overall * (1 - overall);
        return new ScoreDecomposition(score, reliability, resolution, uncertainty, score - (reliability - resolution + uncertainty));
    }

    /// <summary>
    /// The same for log-loss: reliability = mean KL(frequency || mean score), resolution = mean KL(frequency || overall), uncertainty =
    /// entropy of the overall frequency.
    /// </summary>
    /// <exception cref="ArgumentException">A score is no probability.</exception>
    public static ScoreDecomposition? LogLoss(ScoreCounts counts, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Total == 0)
            return null;
        var grouped = Group(counts, bins);
        var score = ProbabilityLoss.LogLoss(counts).Value!.Value;
        var overall = counts.TotalPositives / counts.Total;
        double reliability = 0,
            resolution = 0;
        for (var b = 0; b < bins; b++)
        {
            var (count, positives, scores) = grouped.At(b);
            if (count == 0)
                continue;
            reliability += count * Divergence(positives / count, scores / count);
            resolution += count * Divergence(positives / count, overall);
        }

        reliability /= counts.Total;
        resolution /= counts.Total;
        var uncertainty = Term(overall, overall) + Term(1 - overall, 1 - overall);
        return new ScoreDecomposition(score, reliability, resolution, uncertainty, score - (reliability - resolution + uncertainty));
    }

    private static CalibrationBins Group(ScoreCounts counts, int bins)
    {
        if (counts.WhyNotProbabilities() is { } reason)
            throw new ArgumentException(reason, nameof(counts));
        var grouped = new CalibrationBins(bins);
        grouped.Add(counts);
        return grouped;
    }

    private static double Divergence(double p, double q) => Term(p, q) - Term(p, p) + Term(1 - p, 1 - q) - Term(1 - p, 1 - p);

    // Cross-entropy term -p ln q with 0 ln 0 = 0, clipped as the log-loss itself is.
    private static double Term(double p, double q) => p <= 0 ? 0 : -p * Math.Log(Math.Clamp(q, ProbabilityLoss.Clip, 1));
}

/// <summary>Calibration error over bins that hold about the same number of rows.</summary>
public static class EqualMassCalibration
{
    /// <summary>
    /// The non-empty bins in ascending order of score. Rows of equal score stay together, in the bin where their middle falls, so bins may
    /// be uneven for coarse scores.
    /// </summary>
    /// <exception cref="ArgumentException">A score is no probability.</exception>
    public static IReadOnlyList<CalibrationBin> Curve(ScoreCounts counts, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (counts.WhyNotProbabilities() is { } reason)
            throw new ArgumentException(reason, nameof(counts));
        var curve = new List<CalibrationBin>(bins);
        double before = 0,
            count = 0,
            positives = 0,
            scores = 0,
            lower = 0;
        var bin = 0;
        for (var i = 0; i < counts.Scores.Length; i++)
        {
            var here = counts.Positives[i] + counts.Negatives[i];
            var own = Math.Min(bins - 1, (int)((before + here / 2) / counts.Total * bins));
            if (own != bin && count > 0)
            {
                curve.Add(Bin(lower, counts.Scores[i], count, positives, scores));
                (lower, count, positives, scores) = (counts.Scores[i], 0, 0, 0);
            }

            bin = own;
            before += here;
            count += here;
            positives += counts.Positives[i];
            scores += here * counts.Scores[i];
        }

        if (count > 0)
            curve.Add(Bin(lower, 1, count, positives, scores));
        return curve;
    }

    /// <summary>
    /// Expected and maximum calibration error over these bins: the weighted mean and the largest |mean score - frequency|.
    /// </summary>
    public static (Estimate Expected, Estimate Maximum) Errors(ScoreCounts counts, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Total == 0)
            return (Estimate.Insufficient(0, null, "no rows with a score"), Estimate.Insufficient(0, null, "no rows with a score"));
        double expected = 0,
            largest = 0;
        foreach (var bin in Curve(counts, bins))
        {
            var gap = Math.Abs(bin.MeanScore - bin.Frequency.Value!.Value);
            expected += bin.Count / counts.Total * gap;
            largest = Math.Max(largest, gap);
        }

        return (Estimate.Of(expected, counts.N), Estimate.Of(largest, counts.N));
    }

    private static CalibrationBin Bin(double lower, double upper, double count, double positives, double scores) =>
        new(lower, upper, scores / count, Intervals.Wilson.Proportion(positives, count), count);
}

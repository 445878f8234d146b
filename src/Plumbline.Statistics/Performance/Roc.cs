using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>One point of a ROC curve.</summary>
/// <param name="Threshold">Rows with a score &gt;= this are called positive; +Infinity for the point (0, 0).</param>
/// <param name="FalsePositiveRate">FP / negatives.</param>
/// <param name="TruePositiveRate">TP / positives.</param>
public readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);

/// <summary>Ranking quality of a score.</summary>
public static class Roc
{
    /// <summary>
    /// Area under the ROC curve = P(score of a positive &gt; score of a negative) + half the probability of a tie (Mann-Whitney). Interval
    /// and standard error: DeLong, DeLong and Clarke-Pearson (1988), clipped to [0, 1]. At perfect separation DeLong's variance is zero;
    /// then the Wilson interval of min(positives, negatives) successes stands in. Undefined when the ground truth has one class only.
    /// </summary>
    public static Estimate Area(ScoreCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Total == 0)
            return Estimate.Insufficient(0, null, "no rows with a score");
        var positives = counts.TotalPositives;
        var negatives = counts.TotalNegatives;
        if (positives == 0 || negatives == 0)
            return Estimate.Undefined(counts.N, null, "the ground truth has one class only");

        // Structural components: a positive wins over the share of negatives below it, a negative over the share of positives above it
        // (ties 1/2).
        double area = 0,
            negativesBelow = 0;
        for (var i = 0; i < counts.Scores.Length; i++)
        {
            area += counts.Positives[i] * (negativesBelow + counts.Negatives[i] / 2);
            negativesBelow += counts.Negatives[i];
        }

        area = area / positives / negatives;
        double ofPositives = 0,
            ofNegatives = 0,
            positivesBelow = 0;
        negativesBelow = 0;
        for (var i = 0; i < counts.Scores.Length; i++)
        {
            var v10 = (negativesBelow + counts.Negatives[i] / 2) / negatives - area;
            var v01 = (positives - positivesBelow - counts.Positives[i] / 2) / positives - area;
            ofPositives += counts.Positives[i] * v10 * v10;
            ofNegatives += counts.Negatives[i] * v01 * v01;
            negativesBelow += counts.Negatives[i];
            positivesBelow += counts.Positives[i];
        }

        var estimate = Estimate.Of(area, counts.N);
        if (positives < 2 || negatives < 2)
            return estimate;
        var standardError = Math.Sqrt(ofPositives / (positives - 1) / positives + ofNegatives / (negatives - 1) / negatives);
        var smaller = Math.Min(positives, negatives);
        var interval =
            standardError < 1e-12 && area is 0 or 1
                ? Wilson.Of(area * smaller, smaller)
                : Confidence.Normal(area, standardError).Clip(0, 1);
        return estimate.With(interval).WithStandardError(standardError);
    }

    /// <summary>
    /// The curve from (0, 0) to (1, 1), thresholds descending, without points on a straight line. At most <paramref name="maximumPoints"/>
    /// points are kept, evenly spread, for drawing. Empty when the ground truth has one class only.
    /// </summary>
    public static IReadOnlyList<RocPoint> Curve(ScoreCounts counts, int maximumPoints = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumPoints, 2);
        if (counts.TotalPositives == 0 || counts.TotalNegatives == 0)
            return [];
        var points = new List<RocPoint> { new(double.PositiveInfinity, 0, 0) };
        double truePositives = 0,
            falsePositives = 0;
        for (var i = counts.Scores.Length - 1; i >= 0; i--)
        {
            truePositives += counts.Positives[i];
            falsePositives += counts.Negatives[i];
            if (i > 0 && IsStraight(counts, i))
                continue;
            points.Add(
                new RocPoint(
                    counts.Scores[i],
                    Math.Min(1, falsePositives / counts.TotalNegatives),
                    Math.Min(1, truePositives / counts.TotalPositives)
                )
            );
        }

        return Thin(points, maximumPoints);
    }

    /// <summary>
    /// Average precision: the sum over descending thresholds of (recall step) x precision, without interpolation. Undefined without
    /// positives.
    /// </summary>
    public static Estimate AveragePrecision(ScoreCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Total == 0)
            return Estimate.Insufficient(0, null, "no rows with a score");
        if (counts.TotalPositives == 0)
            return Estimate.Undefined(counts.N, null, "the ground truth has no positive row");
        double truePositives = 0,
            all = 0,
            sum = 0;
        for (var i = counts.Scores.Length - 1; i >= 0; i--)
        {
            truePositives += counts.Positives[i];
            all += counts.Positives[i] + counts.Negatives[i];
            sum += counts.Positives[i] / counts.TotalPositives * (truePositives / all);
        }

        return Estimate.Of(sum, counts.N);
    }

    // Groups of one class only continue in the direction of the next group of that class.
    private static bool IsStraight(ScoreCounts counts, int i) =>
        (counts.Positives[i] == 0 && counts.Positives[i - 1] == 0) || (counts.Negatives[i] == 0 && counts.Negatives[i - 1] == 0);

    private static List<RocPoint> Thin(List<RocPoint> points, int maximum)
    {
        if (points.Count <= maximum)
            return points;
        var kept = new List<RocPoint>(maximum);
        for (var i = 0; i < maximum; i++)
            kept.Add(points[(int)((long)i * (points.Count - 1) / (maximum - 1))]);
        return kept;
    }
}

namespace Plumbline.Statistics.Performance;

/// <summary>A binary model's decisions if rows with a score at or above a threshold were called positive.</summary>
/// <param name="Threshold">The threshold; +Infinity = nothing is positive.</param>
/// <param name="Confusion">Counts at that threshold.</param>
/// <param name="Cost">Mean cost per row under the cost matrix; 0 without one.</param>
/// <param name="Lift">Frequency of positives among the called rows, divided by the overall one; null when nothing is called or nothing is
/// positive.</param>
public readonly record struct ThresholdPoint(double Threshold, BinaryConfusion Confusion, double Cost, double? Lift);

/// <summary>What every threshold would give: for choosing one by cost, or for showing what moving it would do.</summary>
public static class ThresholdSweep
{
    /// <summary>One point per distinct score, thresholds descending, starting with "nothing is positive". Empty without rows.</summary>
    /// <param name="counts">Scores with ground truth.</param>
    /// <param name="cost">Cost matrix, finite.</param>
    /// <param name="maximumPoints">At most so many points, evenly spread, at least 2.</param>
    public static IReadOnlyList<ThresholdPoint> Of(ScoreCounts counts, CostMatrix cost = default, int maximumPoints = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumPoints, 2);
        if (counts.Total == 0)
            return [];
        var points = new List<ThresholdPoint>(counts.Scores.Length + 1);
        double truePositives = 0,
            falsePositives = 0;
        points.Add(Point(counts, double.PositiveInfinity, 0, 0, cost));
        for (var i = counts.Scores.Length - 1; i >= 0; i--)
        {
            truePositives += counts.Positives[i];
            falsePositives += counts.Negatives[i];
            points.Add(Point(counts, counts.Scores[i], truePositives, falsePositives, cost));
        }

        if (points.Count <= maximumPoints)
            return points;
        var kept = new List<ThresholdPoint>(maximumPoints);
        for (var i = 0; i < maximumPoints; i++)
            kept.Add(points[(int)((long)i * (points.Count - 1) / (maximumPoints - 1))]);
        return kept;
    }

    /// <summary>The cheapest threshold (the highest among equals); null without rows.</summary>
    public static ThresholdPoint? Cheapest(ScoreCounts counts, CostMatrix cost)
    {
        ThresholdPoint? best = null;
        foreach (var point in Of(counts, cost))
        {
            if (best is null || point.Cost < best.Value.Cost)
                best = point;
        }

        return best;
    }

    /// <summary>
    /// Mean cost per row of decisions already made; <see cref="EstimateStatus.InsufficientData"/> without rows. Interval: normal.
    /// </summary>
    public static Estimate RealisedCost(BinaryConfusion confusion, CostMatrix cost)
    {
        var n = confusion.Total;
        if (n == 0)
            return Estimate.Insufficient(0, null, "no rows");
        var mean = MeanCost(confusion, cost);
        var squares =
            confusion.TruePositive * Square(cost.TruePositive - mean)
            + confusion.FalsePositive * Square(cost.FalsePositive - mean)
            + confusion.FalseNegative * Square(cost.FalseNegative - mean)
            + confusion.TrueNegative * Square(cost.TrueNegative - mean);
        return Estimate.Of(mean, confusion.N).With(Intervals.Confidence.Mean(n, mean, squares));
    }

    private static double Square(double x) => x * x;

    private static double MeanCost(BinaryConfusion c, CostMatrix cost) =>
        (
            c.TruePositive * cost.TruePositive
            + c.FalsePositive * cost.FalsePositive
            + c.FalseNegative * cost.FalseNegative
            + c.TrueNegative * cost.TrueNegative
        ) / c.Total;

    private static ThresholdPoint Point(ScoreCounts counts, double threshold, double truePositives, double falsePositives, CostMatrix cost)
    {
        var confusion = new BinaryConfusion(
            truePositives,
            falsePositives,
            Math.Max(0, counts.TotalPositives - truePositives),
            Math.Max(0, counts.TotalNegatives - falsePositives)
        );
        var called = truePositives + falsePositives;
        var lift =
            called > 0 && counts.TotalPositives > 0 ? truePositives / called / (counts.TotalPositives / counts.Total) : (double?)null;
        return new ThresholdPoint(threshold, confusion, MeanCost(confusion, cost), lift);
    }
}

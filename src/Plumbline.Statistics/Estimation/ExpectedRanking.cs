namespace Plumbline.Statistics.Estimation;

/// <summary>
/// Rows without ground truth, grouped by score in ascending order: how many were predicted positive and negative, and the probability of
/// each being positive.
/// </summary>
internal sealed record ExpectedGroups(double[] Scores, double[] PredictedPositive, double[] PredictedNegative)
{
    public int Count => Scores.Length;

    public double RowsAt(int i) => PredictedPositive[i] + PredictedNegative[i];
}

/// <summary>Expectations over labellings in which row i is positive with probability c_i, independently.</summary>
internal readonly record struct ExpectedRanking(double Area, double Variance)
{
    /// <summary>
    /// Area = sum over pairs i != j of c_i (1 - c_j) [s_i &gt; s_j, ties 1/2] / sum of c_i (1 - c_j): ratio of expectations without the
    /// impossible pair of a row with itself. Variance by the delta method over the independent labels. NaN when no pair is possible.
    /// </summary>
    public static ExpectedRanking Of(ExpectedGroups groups, ReadOnlySpan<double> calibrated, bool withVariance)
    {
        double positives = 0,
            negatives = 0,
            selfPairs = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var (rows, c) = (groups.RowsAt(i), calibrated[i]);
            positives += rows * c;
            negatives += rows * (1 - c);
            selfPairs += rows * c * (1 - c);
        }

        double wins = 0,
            negativesBelow = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var (rows, c) = (groups.RowsAt(i), calibrated[i]);
            // Within a group every pair of different rows ties.
            wins += rows * c * (negativesBelow + rows * (1 - c) / 2) - rows * c * (1 - c) / 2;
            negativesBelow += rows * (1 - c);
        }

        var pairs = positives * negatives - selfPairs;
        if (!(pairs > 0))
            return new ExpectedRanking(double.NaN, double.NaN);
        var area = wins / pairs;
        return new ExpectedRanking(area, withVariance ? DeltaVariance(groups, calibrated, area, positives, negatives, pairs) : 0);
    }

    private static double DeltaVariance(
        ExpectedGroups groups,
        ReadOnlySpan<double> calibrated,
        double area,
        double positives,
        double negatives,
        double pairs
    )
    {
        double variance = 0,
            negativesBelow = 0,
            positivesBelow = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var (rows, c) = (groups.RowsAt(i), calibrated[i]);
            var (negativesHere, positivesHere) = (rows * (1 - c), rows * c);
            // If this row turns positive it beats the negatives below and no longer loses to the positives above.
            var gain = negativesBelow + negativesHere / 2 - (positives - positivesBelow - positivesHere / 2);
            var derivative = (gain - area * (negatives - positives)) / pairs;
            variance += rows * c * (1 - c) * derivative * derivative;
            negativesBelow += negativesHere;
            positivesBelow += positivesHere;
        }

        return variance;
    }
}

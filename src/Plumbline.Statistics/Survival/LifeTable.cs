namespace Plumbline.Statistics.Survival;

/// <summary>What happened in one interval of age.</summary>
/// <param name="End">End of the interval, in the unit of the ages; the intervals before it end earlier.</param>
/// <param name="Events">Subjects to whom the event happened in it.</param>
/// <param name="Withdrawn">Subjects whose observation ended in it without the event: they are not older yet.</param>
public readonly record struct AgeInterval(double End, double Events, double Withdrawn);

/// <summary>How many have had the event by an age.</summary>
/// <param name="Age">End of the interval.</param>
/// <param name="Share">Estimated share that has had the event by then, of all that ever are observed, 0..1.</param>
/// <param name="StandardError">Greenwood's.</param>
/// <param name="AtRisk">Subjects that entered the interval.</param>
public readonly record struct AgePoint(double Age, double Share, double StandardError, double AtRisk);

/// <summary>
/// The actuarial life table (Cutler and Ederer 1958): the share of subjects that have had an event by each age, when many are still too
/// young to tell. Subjects withdrawn within an interval count as exposed for half of it. Standard error: Greenwood 1926.
/// </summary>
public static class LifeTable
{
    /// <summary>Estimates; an interval that nobody enters ends the table.</summary>
    /// <exception cref="ArgumentException">Ends do not ascend, or a count is negative or not finite.</exception>
    public static IReadOnlyList<AgePoint> Of(IReadOnlyList<AgeInterval> intervals)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        Check(intervals);
        var points = new List<AgePoint>(intervals.Count);
        var entering = intervals.Sum(interval => interval.Events + interval.Withdrawn);
        double surviving = 1,
            greenwood = 0;
        foreach (var interval in intervals)
        {
            if (entering <= 0)
                break;
            var exposed = entering - (interval.Withdrawn / 2);
            var hazard = exposed > 0 ? Math.Min(1, interval.Events / exposed) : 0;
            surviving *= 1 - hazard;
            if (hazard < 1 && exposed > 0)
                greenwood += hazard / (exposed * (1 - hazard));
            points.Add(new AgePoint(interval.End, 1 - surviving, surviving * Math.Sqrt(greenwood), entering));
            entering -= interval.Events + interval.Withdrawn;
        }

        return points;
    }

    private static void Check(IReadOnlyList<AgeInterval> intervals)
    {
        for (var i = 0; i < intervals.Count; i++)
        {
            if (intervals[i] is not { Events: >= 0 and < double.PositiveInfinity, Withdrawn: >= 0 and < double.PositiveInfinity })
                throw new ArgumentException($"Interval {i}: counts are 0 or more and finite.", nameof(intervals));
            if (i > 0 && !(intervals[i].End > intervals[i - 1].End))
                throw new ArgumentException($"Interval {i} does not end after the one before it.", nameof(intervals));
        }
    }
}

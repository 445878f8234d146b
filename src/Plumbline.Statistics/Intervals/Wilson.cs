namespace Plumbline.Statistics.Intervals;

/// <summary>Wilson's score interval for a proportion (Wilson 1927).</summary>
public static class Wilson
{
    /// <summary>The interval of <paramref name="successes"/> out of <paramref name="trials"/>; null when there were no trials.</summary>
    /// <param name="successes">Number of successes, 0 .. trials; need not be whole (weighted or expected counts).</param>
    /// <param name="trials">Number of trials.</param>
    /// <param name="level">Coverage, inside (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or not finite, or successes exceed trials.</exception>
    public static Interval? Of(double successes, double trials, double level = 0.95)
    {
        Require.OpenUnit(level);
        if (!(trials >= 0 && double.IsFinite(trials)))
            throw new ArgumentOutOfRangeException(nameof(trials), trials, "Must be finite and not negative.");
        if (!(successes >= 0 && successes <= trials * (1 + 1e-12)))
            throw new ArgumentOutOfRangeException(nameof(successes), successes, "Must lie between 0 and the number of trials.");
        if (trials == 0)
            return null;
        return OfShare(Math.Min(successes / trials, 1), trials, Confidence.Z(level));
    }

    /// <summary>The same for a share of (effective) trials above 0, with any quantile in place of the normal's.</summary>
    internal static Interval OfShare(double share, double trials, double z)
    {
        var denominator = 1 + z * z / trials;
        var centre = (share + z * z / (2 * trials)) / denominator;
        var half = z / denominator * Math.Sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
        // At the ends the exact bound is 0 or 1; rounding would leave 1e-17.
        return new Interval(share == 0 ? 0 : Math.Max(0, centre - half), share == 1 ? 1 : Math.Min(1, centre + half));
    }

    /// <summary>The proportion as an estimate with its interval; <see cref="EstimateStatus.InsufficientData"/> without trials.</summary>
    public static Estimate Proportion(double successes, double trials, double level = 0.95)
    {
        var interval = Of(successes, trials, level);
        return trials == 0
            ? Estimate.Insufficient(0, null, "no rows")
            : Estimate.Of(Math.Min(successes / trials, 1), (long)Math.Round(trials)).With(interval);
    }
}

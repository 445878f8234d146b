namespace Plumbline.Statistics.Sampling;

/// <summary>Rows of about the same size measure.</summary>
/// <param name="Rows">How many, 0 or more, finite.</param>
/// <param name="Mean">Their mean size, above 0, finite.</param>
public readonly record struct SizeBin(double Rows, double Mean);

/// <summary>
/// Poisson sampling with unequal probabilities: each row is taken or left by a draw of its own, with the probability min(1, c w) for its
/// size w. c follows from how many rows are wanted on average (Tillé 2006, 2.10). That each probability is known and no row depends on
/// another is what makes estimates from the sample simple and honest (Särndal, Swensson and Wretman 1992, 3.5).
/// </summary>
public static class PoissonDesign
{
    /// <summary>
    /// The factor c with which the expected number of rows, sum of rows x min(1, c mean), is the budget; infinite when there are not more
    /// rows than that, 0 for a budget of 0. Exact but for rounding.
    /// </summary>
    /// <param name="bins">The rows by size.</param>
    /// <param name="budget">Rows wanted on average, 0 or more.</param>
    /// <exception cref="ArgumentException">A bin has a negative number of rows or a size that is not positive.</exception>
    public static double Factor(IReadOnlyList<SizeBin> bins, double budget)
    {
        Check(bins);
        CheckBudget(budget);
        if (budget == 0)
            return 0;
        if (bins.Sum(bin => bin.Rows) <= budget)
            return double.PositiveInfinity;
        var falling = bins.Where(bin => bin.Rows > 0).OrderByDescending(bin => bin.Mean).ToList();
        // The size of this bin and of all smaller ones: summed from the smallest, so that nothing is lost by taking away.
        var sizes = new double[falling.Count + 1];
        for (var i = falling.Count - 1; i >= 0; i--)
            sizes[i] = sizes[i + 1] + falling[i].Rows * falling[i].Mean;
        var certain = 0.0;
        for (var i = 0; i < falling.Count; i++)
        {
            // What is left after the larger ones, which are all taken, falls on the others in proportion to their size.
            var factor = (budget - certain) / sizes[i];
            if (factor * falling[i].Mean <= 1)
                return factor;
            certain += falling[i].Rows;
        }

        // Only by rounding: the budget is all rows but less than a rounding error.
        return 1 / falling[^1].Mean;
    }

    /// <summary>Rows that a factor takes on average.</summary>
    /// <param name="bins">The rows by size.</param>
    /// <param name="factor">0 or more; infinite takes all.</param>
    /// <exception cref="ArgumentException">A bin has a negative number of rows or a size that is not positive.</exception>
    public static double Expected(IReadOnlyList<SizeBin> bins, double factor)
    {
        Check(bins);
        if (!(factor >= 0))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "Must not be negative.");
        return bins.Sum(bin => bin.Rows * Math.Min(1, factor * bin.Mean));
    }

    /// <summary>
    /// One factor for each group, so that all together take the budget and none more than its share of it: what a group may not have goes
    /// to the others. Where all groups are at their share or taken whole, less than the budget is taken. With a larger budget no factor is
    /// smaller.
    /// </summary>
    /// <param name="groups">The rows of each group by size.</param>
    /// <param name="budget">Rows wanted on average, 0 or more.</param>
    /// <param name="mostShare">The largest share of the budget that one group may have, in (0, 1].</param>
    /// <exception cref="ArgumentException">A bin has a negative number of rows or a size that is not positive.</exception>
    public static double[] Factors(IReadOnlyList<IReadOnlyList<SizeBin>> groups, double budget, double mostShare = 1)
    {
        ArgumentNullException.ThrowIfNull(groups);
        CheckBudget(budget);
        if (!(mostShare > 0 && mostShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(mostShare), mostShare, "Above 0 and at most 1.");
        var most = mostShare * budget;
        var factors = new double[groups.Count];
        var free = Enumerable.Range(0, groups.Count).ToList();
        var left = budget;
        while (free.Count > 0)
        {
            var factor = Factor([.. free.SelectMany(group => groups[group])], left);
            // Without those that are over, the factor of the others only grows: who is over stays over.
            var over = free.Where(group => Expected(groups[group], factor) > most * (1 + 1e-12)).ToList();
            if (over.Count == 0)
            {
                foreach (var group in free)
                    factors[group] = factor;
                break;
            }

            foreach (var group in over)
            {
                factors[group] = Factor(groups[group], most);
                left -= most;
            }

            free = [.. free.Except(over)];
            left = Math.Max(0, left);
        }

        return factors;
    }

    private static void CheckBudget(double budget)
    {
        if (!(budget >= 0))
            throw new ArgumentOutOfRangeException(nameof(budget), budget, "Must not be negative.");
    }

    private static void Check(IReadOnlyList<SizeBin> bins)
    {
        ArgumentNullException.ThrowIfNull(bins);
        foreach (var bin in bins)
        {
            if (bin is not { Rows: >= 0 and < double.PositiveInfinity, Mean: > 0 and < double.PositiveInfinity })
                throw new ArgumentException($"{bin}: rows are 0 or more, sizes above 0, both finite.", nameof(bins));
        }
    }
}

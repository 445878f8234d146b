namespace Plumbline.Statistics.Shrinkage;

/// <summary>A group's own estimate.</summary>
/// <param name="Value">Finite.</param>
/// <param name="StandardError">0 or more, finite.</param>
public readonly record struct GroupEstimate(double Value, double StandardError);

/// <summary>Many small groups, each drawn towards what they have in common, by as much as its own rows are too few to say.</summary>
/// <param name="Centre">What groups are drawn towards.</param>
/// <param name="BetweenVariance">Variance of the groups' true values around the centre, as far as it shows beyond noise; 0 or more.</param>
/// <param name="Groups">The groups after shrinkage, in the order given.</param>
public sealed record ShrunkGroups(double Centre, double BetweenVariance, IReadOnlyList<GroupEstimate> Groups);

/// <summary>
/// Empirical Bayes for normal estimates: value_i ~ N(true_i, se_i²), true_i ~ N(centre, τ²). τ² by the method of moments (DerSimonian and
/// Laird, Controlled Clinical Trials 7, 1986). The posterior of a group is N((value/se² + centre/τ²)/(1/se² + 1/τ²), 1/(1/se² + 1/τ²)); the
/// uncertainty of τ² and of the centre is not part of it.
/// </summary>
public static class NormalShrinkage
{
    /// <summary>
    /// Shrinks towards a centre that is known, such as the value of all rows; null: the precision-weighted mean of the groups.
    /// </summary>
    /// <exception cref="ArgumentException">A value or an error that is not finite, or an error below 0.</exception>
    public static ShrunkGroups Towards(IReadOnlyList<GroupEstimate> groups, double? centre = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        foreach (var group in groups)
        {
            if (!double.IsFinite(group.Value) || group.StandardError is not (>= 0 and < double.PositiveInfinity))
                throw new ArgumentException("Estimates and their errors are finite, errors not negative.", nameof(groups));
        }

        if (groups.Count == 0)
            return new ShrunkGroups(centre ?? 0, 0, []);
        var (pooled, between) = Moments(groups);
        var middle = centre ?? pooled;
        return new ShrunkGroups(middle, between, [.. groups.Select(group => Shrink(group, middle, between))]);
    }

    /// <summary>
    /// Variance of the groups' true values beyond the noise of their estimates, around their precision-weighted mean; 0 or more, 0 for
    /// fewer than two groups.
    /// </summary>
    public static double BetweenVariance(IReadOnlyList<GroupEstimate> groups) => groups.Count < 2 ? 0 : Moments(groups).Between;

    private static (double Pooled, double Between) Moments(IReadOnlyList<GroupEstimate> groups)
    {
        // A group without any error (all rows alike) still rests on finitely many rows: the smallest positive error stands in.
        var smallest = groups.Where(group => group.StandardError > 0).Select(group => group.StandardError).DefaultIfEmpty(1).Min();
        double weights = 0,
            squares = 0,
            sum = 0;
        foreach (var group in groups)
        {
            var weight = Weight(group, smallest);
            (weights, squares, sum) = (weights + weight, squares + (weight * weight), sum + (weight * group.Value));
        }

        var pooled = sum / weights;
        var heterogeneity = groups.Sum(group => Weight(group, smallest) * (group.Value - pooled) * (group.Value - pooled));
        var scale = weights - (squares / weights);
        return (pooled, scale > 0 ? Math.Max(0, (heterogeneity - (groups.Count - 1)) / scale) : 0);
    }

    private static double Weight(GroupEstimate group, double smallest) => 1 / Math.Pow(Math.Max(group.StandardError, smallest), 2);

    /// <summary>
    /// One group drawn towards <paramref name="centre"/> where groups vary by <paramref name="between"/> around it. Without variance it is
    /// the centre, surely.
    /// </summary>
    public static GroupEstimate Shrink(GroupEstimate group, double centre, double between)
    {
        if (between == 0)
            return new GroupEstimate(centre, 0);
        if (group.StandardError == 0)
            return group;
        var (own, common) = (1 / (group.StandardError * group.StandardError), 1 / between);
        return new GroupEstimate(((group.Value * own) + (centre * common)) / (own + common), Math.Sqrt(1 / (own + common)));
    }
}

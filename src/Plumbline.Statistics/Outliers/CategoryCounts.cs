namespace Plumbline.Statistics.Outliers;

/// <summary>The counts of a reference's categories, as they are checked before anything is made of them.</summary>
internal static class CategoryCounts
{
    /// <summary>Rows of all categories together, above 0.</summary>
    /// <exception cref="ArgumentException">There are no rows, or a count is negative.</exception>
    public static double Total(IReadOnlyDictionary<string, long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var total = 0.0;
        foreach (var (category, count) in counts)
        {
            if (count < 0)
                throw new ArgumentException($"The count of '{category}' is negative.", nameof(counts));
            total += count;
        }

        return total > 0 ? total : throw new ArgumentException("The reference has no rows.", nameof(counts));
    }
}

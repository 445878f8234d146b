using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Agreement;

/// <summary>
/// Fleiss' kappa (Fleiss 1971): agreement of many annotators beyond chance where each item has equally many of them, not necessarily the
/// same ones. 1 = always, 0 = as by chance. For two annotators it is Scott's pi, not Cohen's kappa. Where items have unequally many,
/// <see cref="KrippendorffAlpha"/>.
/// </summary>
public static class FleissKappa
{
    /// <summary>
    /// Kappa with its standard error over items by linearisation (Gwet 2008) and the normal 95 % interval within [-1, 1]: what other items
    /// of the kind would give. Without an interval for a single item, or where annotators never differ. Undefined where all gave one
    /// category.
    /// </summary>
    /// <param name="counts">Items x categories: how many annotators gave the category to the item.</param>
    /// <exception cref="ArgumentException">A count is negative, or items have unequally many annotators or fewer than two.</exception>
    public static Estimate Of(int[,] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var (items, categories) = (counts.GetLength(0), counts.GetLength(1));
        if (items == 0)
            return Estimate.Insufficient(0, null, "no items");
        var annotators = Annotators(counts);
        var shares = new double[categories];
        var agreements = new double[items];
        for (var i = 0; i < items; i++)
        {
            for (var c = 0; c < categories; c++)
            {
                double count = counts[i, c];
                shares[c] += count / annotators / items;
                agreements[i] += count * (count - 1) / ((double)annotators * (annotators - 1));
            }
        }

        var (observed, expected) = (agreements.Average(), shares.Sum(share => share * share));
        // One category alone; shares add up to 1 but for rounding.
        if (expected > 1 - 1e-12)
            return Estimate.Undefined(items, null, "all annotators gave one category to all items");
        var kappa = (observed - expected) / (1 - expected);
        var estimate = Estimate.Of(kappa, items);
        if (items < 2 || observed > 1 - 1e-12)
            return estimate;

        var squares = 0.0;
        for (var i = 0; i < items; i++)
        {
            var own = 0.0;
            for (var c = 0; c < categories; c++)
                own += shares[c] * counts[i, c] / annotators;
            // The item's part in the agreement, less its part in what chance gives (whose mean is the expected agreement).
            var part = (agreements[i] - observed - 2 * (1 - kappa) * (own - expected)) / (1 - expected);
            squares += part * part;
        }

        var error = Math.Sqrt(squares / items / (items - 1));
        return estimate.WithStandardError(error).With(Confidence.Normal(kappa, error).Clip(-1, 1));
    }

    private static int Annotators(int[,] counts)
    {
        var all = 0;
        for (var i = 0; i < counts.GetLength(0); i++)
        {
            var own = 0;
            for (var c = 0; c < counts.GetLength(1); c++)
                own += counts[i, c] >= 0 ? counts[i, c] : throw new ArgumentException($"A count of item {i} is negative.", nameof(counts));
            if (own < 2)
                throw new ArgumentException($"Item {i} has {own} annotators: two are needed.", nameof(counts));
            if (i > 0 && own != all)
                throw new ArgumentException($"Item {i} has {own} annotators where the first has {all}.", nameof(counts));
            all = own;
        }

        return all;
    }
}

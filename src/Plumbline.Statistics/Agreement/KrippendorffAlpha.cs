using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Agreement;

/// <summary>
/// Krippendorff's alpha (Krippendorff 1970; "Computing Krippendorff's Alpha-Reliability", 2011): 1 - observed / expected disagreement, for
/// any number of annotators of whom some are missing here or there. Two values of an item disagree by 0 or 1 (nominal), or by the square of
/// their difference (interval); expected is what any two values of different or the same items disagree by. 1 = never, 0 = as by chance.
/// Items with fewer than two values are left out.
/// </summary>
public static class KrippendorffAlpha
{
    private const int Replicates = 1000;

    /// <summary>
    /// Alpha of categories. With a random source it has a 95 % interval: quantiles of alpha over 1,000 resamples of the items (Zapf,
    /// Castell, Morawietz and Karch 2016), none for fewer than two items, or where more than a tenth of the resamples hold one category
    /// only. Undefined where all values are one category.
    /// </summary>
    /// <param name="items">The categories that were given to each item, in any order; who gave none is not listed.</param>
    /// <param name="random">Seeded source; null: no interval.</param>
    public static Estimate Nominal(IReadOnlyList<IReadOnlyList<int>> items, RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        var places = new Dictionary<int, int>();
        foreach (var item in items)
        {
            foreach (var category in item)
                places.TryAdd(category, places.Count);
        }

        int[][] paired = [.. items.Where(item => item.Count >= 2).Select(item => item.Select(category => places[category]).ToArray())];
        double[] disagreements = [.. paired.Select(Disagreement)];
        var counts = new double[places.Count];
        return Estimated(paired.Length, Alpha, random, "all values are one category");

        double Alpha(ReadOnlySpan<int> rows)
        {
            Array.Clear(counts);
            var observed = 0.0;
            foreach (var row in rows)
            {
                observed += disagreements[row];
                foreach (var place in paired[row])
                    counts[place]++;
            }

            double values = 0,
                squares = 0;
            foreach (var count in counts)
                (values, squares) = (values + count, squares + count * count);
            return OneMinus(observed, values * values - squares, values);
        }
    }

    /// <summary>
    /// Alpha of numbers whose differences mean something, such as grades from 1 to 5. With a random source it has an interval as that of
    /// <see cref="Nominal"/>. Undefined where all values are equal.
    /// </summary>
    /// <param name="items">The values that were given to each item, in any order, finite; who gave none is not listed.</param>
    /// <param name="random">Seeded source; null: no interval.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Estimate Interval(IReadOnlyList<IReadOnlyList<double>> items, RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        double[][] paired = [.. items.Where(item => item.Count >= 2).Select(item => item.ToArray())];
        foreach (var item in paired)
            Require.Finite(item, nameof(items));
        double[] all = [.. paired.SelectMany(item => item)];
        // Differences are all that counts: from the mean on, squares of large numbers take nothing from them.
        var mean = all.Length == 0 ? 0 : all.Average();
        (double Count, double Sum, double Squares, double Disagreement)[] parts =
        [
            .. paired.Select(item =>
            {
                var (sum, squares) = (item.Sum(value => value - mean), item.Sum(value => (value - mean) * (value - mean)));
                return (item.Length, sum, squares, 2 * Moments.Of(item).Squares * item.Length / (item.Length - 1.0));
            }),
        ];
        if (all.Length > 0 && all.Min() == all.Max())
            return Estimate.Undefined(paired.Length, null, "all values are equal");
        return Estimated(paired.Length, Alpha, random, "all values are equal");

        double Alpha(ReadOnlySpan<int> rows)
        {
            double observed = 0,
                values = 0,
                sum = 0,
                squares = 0;
            foreach (var row in rows)
            {
                var part = parts[row];
                (observed, values) = (observed + part.Disagreement, values + part.Count);
                (sum, squares) = (sum + part.Sum, squares + part.Squares);
            }

            var expected = 2 * (values * squares - sum * sum);
            // All drawn values equal, but for rounding.
            return OneMinus(observed, expected > 1e-12 * values * squares ? expected : 0, values);
        }
    }

    // Observed: sum over items of all ordered pairs over the item's other values, expected: sum of all ordered pairs of values.
    private static double OneMinus(double observed, double expected, double values) =>
        expected > 0 ? 1 - observed * (values - 1) / expected : double.NaN;

    private static double Disagreement(int[] categories)
    {
        var agreeing = categories.GroupBy(category => category).Sum(group => (double)group.Count() * group.Count());
        return ((double)categories.Length * categories.Length - agreeing) / (categories.Length - 1);
    }

    private static Estimate Estimated(int items, ResampledStatistic alpha, RandomSource? random, string undefined)
    {
        if (items == 0)
            return Estimate.Insufficient(0, null, "no item has values of two annotators");
        var value = alpha([.. Enumerable.Range(0, items)]);
        if (double.IsNaN(value))
            return Estimate.Undefined(items, null, undefined);
        var estimate = Estimate.Of(value, items);
        return random is null ? estimate : estimate.With(Bootstrap.Percentile(items, alpha, random, Replicates));
    }
}

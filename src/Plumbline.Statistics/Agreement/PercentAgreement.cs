using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Agreement;

/// <summary>
/// How often annotators say the same, 0 .. 1, without any correction for what chance alone would give: two who always say the frequent
/// class agree fully. Beside it belongs <see cref="CohenKappa"/>, <see cref="FleissKappa"/> or <see cref="KrippendorffAlpha"/>.
/// </summary>
public static class PercentAgreement
{
    /// <summary>Share of the items for which two annotators gave the same category, with Wilson's interval.</summary>
    /// <param name="first">Category of each item by one annotator, any codes.</param>
    /// <param name="second">Category of the same items by the other one.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Estimate Of(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        Require.SameLength(first.Length, second.Length, nameof(second));
        var same = 0;
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] == second[i])
                same++;
        }

        return first.IsEmpty ? Estimate.Insufficient(0, null, "no items") : Wilson.Proportion(same, first.Length);
    }

    /// <summary>
    /// The mean over items of the share of pairs of annotators that gave it the same category (the observed agreement of Fleiss 1971), with
    /// Wilson's interval for as many items, which is too wide rather than too narrow where an item has more than two annotators. Items with
    /// fewer than two values are left out.
    /// </summary>
    /// <param name="items">The categories that were given to each item, in any order; who gave none is not listed.</param>
    public static Estimate Of(IReadOnlyList<IReadOnlyList<int>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var sum = 0.0;
        var paired = 0;
        foreach (var item in items)
        {
            if (item.Count < 2)
                continue;
            paired++;
            var agreeing = item.GroupBy(category => category).Sum(group => (double)group.Count() * (group.Count() - 1));
            sum += agreeing / ((double)item.Count * (item.Count - 1));
        }

        return paired == 0
            ? Estimate.Insufficient(0, null, "no item has values of two annotators")
            : Wilson.Proportion(Math.Min(sum, paired), paired);
    }
}

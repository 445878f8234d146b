using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics.Binning;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>
/// The bins that a calibrated comparison looks at: deciles of a number, or the most frequent categories with the rest as one, unseen
/// values, and for both missing values and values of the wrong type or infinite. So a leak of missing values or a new category is a shift
/// like any other.
/// </summary>
internal static class CalibratedBins
{
    /// <summary>Categories that keep a bin of their own; many rare ones would drown a shift of one.</summary>
    public const int Categories = 15;

    /// <summary>Rows per bin.</summary>
    /// <param name="baseline">The feature's baseline; the profile is on its bins.</param>
    /// <param name="profile">Counts of a window.</param>
    public static double[] Of(FeatureBaseline baseline, FeatureProfile profile)
    {
        var values = baseline.IsNumeric
            ? Array.ConvertAll(PercentileEdges.ToDeciles(profile.Bins, baseline.DecileIndices.AsSpan()), count => (double)count)
            : FewCategories(profile.Bins);
        return [.. values, profile.Missing, profile.TypeErrors + profile.PositiveInfinity + profile.NegativeInfinity];
    }

    // The last two bins of a categorical profile are @other and @unseen.
    private static double[] FewCategories(ulong[] bins)
    {
        var own = Math.Max(0, bins.Length - 2);
        if (own <= Categories)
            return Array.ConvertAll(bins, count => (double)count);
        var few = new double[Categories + 2];
        for (var b = 0; b < bins.Length; b++)
            few[b == bins.Length - 1 ? Categories + 1 : Math.Min(b, Categories)] += bins[b];
        return few;
    }
}

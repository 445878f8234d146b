namespace Plumbline.Monitoring.Profiles;

/// <summary>The bins that one feature is counted in.</summary>
/// <param name="Baseline">Generation of the baseline that they come from; 0 for fixed bins and for none.</param>
/// <param name="IsNumeric">Whether <paramref name="Edges"/> are the bins; else <paramref name="Categories"/> are.</param>
/// <param name="Edges">Strictly ascending finite edges; null when there are no bins.</param>
/// <param name="Minimum">Smallest finite reference value; NaN when no value can be out of range.</param>
/// <param name="Maximum">Largest finite reference value; NaN likewise.</param>
/// <param name="Categories">Category of each bin; null when there are no bins.</param>
/// <param name="HasOther">Whether the reference has values beyond the categories: only then <c>@other</c> must be told from
/// <c>@unseen</c>.</param>
public sealed record FeatureBins(
    int Baseline,
    bool IsNumeric,
    IReadOnlyList<double>? Edges = null,
    double Minimum = double.NaN,
    double Maximum = double.NaN,
    IReadOnlyList<string>? Categories = null,
    bool HasOther = false
)
{
    /// <summary>No bins: values are only counted as present or missing (and a number's moments are kept).</summary>
    public static FeatureBins None(bool isNumeric) => new(0, isNumeric);

    /// <summary>The frozen bins of a baseline.</summary>
    public static FeatureBins Of(FeatureBaseline feature, int generation) =>
        feature.IsNumeric
            ? new(generation, IsNumeric: true, feature.Edges, feature.Profile.Minimum, feature.Profile.Maximum)
            : new(
                generation,
                IsNumeric: false,
                Categories: feature.Categories,
                HasOther: feature.Profile.Bins[feature.Categories.Length] > 0
            );
}

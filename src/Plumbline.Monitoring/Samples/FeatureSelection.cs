using System.Collections.Immutable;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Samples;

/// <summary>Which features of a model are looked at together, where work grows with their number.</summary>
/// <param name="Features">In the model's order.</param>
/// <param name="LeftOut">Features of the model that are not among them.</param>
public sealed record FeatureSelection(ImmutableArray<FeatureDefinition> Features, int LeftOut)
{
    /// <summary>Features used at most; a wider model is represented by its first ones.</summary>
    public const int Most = 50;

    /// <summary>
    /// A categorical feature whose reference has more than this share of rows outside its 50 most frequent values names rows rather than
    /// groups of them.
    /// </summary>
    private const double LargestOther = 0.5;

    /// <summary>
    /// The first <see cref="Most"/> features with present values in the reference. Text is left out, and so are categories that are nearly
    /// ids: both always tell rows apart.
    /// </summary>
    public static FeatureSelection Of(ModelDefinition model, Baseline baseline)
    {
        ImmutableArray<FeatureDefinition> usable =
        [
            .. model
                .Features.Where(feature =>
                    feature.Type != FeatureType.Text && baseline.Features.TryGetValue(feature.Name, out var known) && IsUsable(known)
                )
                .Take(Most),
        ];
        return new FeatureSelection(usable, model.Features.Length - usable.Length);
    }

    /// <summary>What a cached result was made of: other features are another result.</summary>
    public string Key => string.Join(',', Features.Select(feature => feature.Column));

    private static bool IsUsable(FeatureBaseline baseline)
    {
        if (baseline.Profile.Present == 0 || baseline.IsNearIdentifier)
            return false;
        // The bins of a categorical profile end with "other" and "unseen".
        var bins = baseline.Profile.Bins;
        return baseline.IsNumeric || bins.Length < 2 || bins[^2] <= LargestOther * baseline.Profile.Present;
    }
}

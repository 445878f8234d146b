using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Metrics;

/// <summary>The profiles of one window and scope, beside the baseline that they are compared with.</summary>
public sealed class ScopeProfiles(
    ModelDefinition model,
    Baseline? baseline,
    MetricWindow window,
    ProfileScope scope,
    IReadOnlyDictionary<string, FeatureProfile> features,
    SegmentReference? segments = null
)
{
    public ModelDefinition Model => model;

    public MetricWindow Window => window;

    public ProfileScope Scope => scope;

    /// <summary>By feature name, pseudo-features included.</summary>
    public IReadOnlyDictionary<string, FeatureProfile> Features => features;

    /// <summary>The profile of a feature, or null when the window has none.</summary>
    public FeatureProfile? Find(string feature) => features.GetValueOrDefault(feature);

    /// <summary>The reference's side of a feature, or null when there is none on the same bins.</summary>
    public FeatureBaseline? FindBaseline(string feature) =>
        baseline is not null
        && baseline.Features.TryGetValue(feature, out var found)
        && features.TryGetValue(feature, out var profile)
        && profile.Baseline == baseline.Generation
        && profile.Bins.Length == found.Profile.Bins.Length
            ? found
            : null;

    /// <summary>
    /// What a feature is compared with: as <see cref="SegmentReference.In"/>; null where there is nothing on the same bins.
    /// </summary>
    public FeatureBaseline? FindCompared(string feature) => FindBaseline(feature) is { } all ? segments?.In(all, scope) ?? all : null;

    /// <summary>
    /// What the bins of a categorical profile count: the baseline's categories (the classes that the model ever had when there is none),
    /// then <c>@other</c> and <c>@unseen</c>.
    /// </summary>
    public IReadOnlyList<string> BinNames(FeatureProfile profile)
    {
        if (profile.Feature == PseudoFeatures.Status)
            return PseudoFeatures.Statuses;
        return FindBaseline(profile.Feature) is { } baseline
            ? [.. baseline.Categories, "@other", "@unseen"]
            :
            [
                .. model.ClassBins.Take(profile.Bins.Length),
                .. Enumerable.Repeat("@other", Math.Max(0, profile.Bins.Length - model.ClassBins.Length)),
            ];
    }
}

/// <summary>Computes metric points from profiles alone. A calculator gives numbers; it never judges.</summary>
public interface IProfileCalculator
{
    /// <summary>What the catalogue says of its metrics.</summary>
    IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>Adds the points of one window and scope.</summary>
    void Calculate(ScopeProfiles profiles, MetricSink sink);
}

/// <summary>Computes metric points from the events of windows, where a profile is too lossy.</summary>
public interface IEventCalculator
{
    /// <summary>What the catalogue says of its metrics.</summary>
    IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>What is missing when it fails, in words.</summary>
    string MissingOnFailure => $"{Metrics[0].Name} and what is computed with it";

    /// <summary>
    /// What must have changed in a window for its points to become other ones; windows with other changes only are passed over.
    /// </summary>
    DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.GroundTruth | DirtyReason.Reference | DirtyReason.Signals;

    /// <summary>False: too dear to be computed again and again while a window is still open.</summary>
    bool IncludesOpenWindows => true;

    /// <summary>
    /// True: it reads rows that others read too (<see cref="IWindowRows"/>), and is given a run of windows at a time, so that one reading
    /// serves all. False: it is given all windows at once, for instance because each call reads windows before them as well.
    /// </summary>
    bool SharesRows => false;

    /// <summary>Adds the points of each window, for every scope that has any. Windows are of one length and do not overlap.</summary>
    Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    );
}

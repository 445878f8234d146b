using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>One feature's counts over a stretch of time in the page's version and segment.</summary>
public static class ScopedProfile
{
    /// <summary>Null when the stretch has none on the current bins.</summary>
    public static async Task<FeatureProfile?> ReadAsync(
        ProfileStore profiles,
        ModelScope scope,
        string feature,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var (_, key, value) = Of(scope);
        var query = new ProfileQuery
        {
            Features = [feature],
            SegmentKey = key,
            SegmentValue = value,
            Version = scope.Version.Length == 0 ? null : scope.Version,
        };
        var found = await profiles.ReadMergedAsync(scope.Model, from, to, query, cancellation);
        return found
            .Where(profile =>
                profile.Scope.SegmentKey == key
                && profile.Scope.SegmentValue == value
                && (scope.Version.Length == 0 || profile.Scope.Version == scope.Version)
            )
            .Aggregate((FeatureProfile?)null, (sum, profile) => sum is null ? profile : sum.Add(profile));
    }

    /// <summary>What a feature is compared with there: in a segment with its own rows of the reference, as its drift is.</summary>
    public static async Task<FeatureBaseline> ComparedAsync(
        SegmentReferences references,
        ModelScope scope,
        FeatureBaseline all,
        CancellationToken cancellation
    ) =>
        scope.Segment.Length == 0
            ? all
            : (await references.FindAsync(scope.Model, scope.Overview.Baseline, cancellation)).In(all, Of(scope));

    private static ProfileScope Of(ModelScope scope)
    {
        var at = scope.Segment.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? ProfileScope.All : new ProfileScope("", scope.Segment[..at], scope.Segment[(at + 1)..]);
    }
}

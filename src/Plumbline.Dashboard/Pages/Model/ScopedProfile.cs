using Plumbline.Monitoring.Profiles;

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
        var at = scope.Segment.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = at < 0 ? ("", "") : (scope.Segment[..at], scope.Segment[(at + 1)..]);
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
}

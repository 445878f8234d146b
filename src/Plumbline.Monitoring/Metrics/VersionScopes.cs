using Plumbline.Monitoring.Profiles;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// Scopes without those that would be computed twice: most windows have one version, whose rows are the rows of all versions and whose
/// numbers are theirs.
/// </summary>
internal static class VersionScopes
{
    /// <summary>Each scope whose rows are no other scope's, with the version for which its numbers hold too.</summary>
    /// <param name="scopes">What is known of each scope of one window: of every version's scope also of that of all versions.</param>
    /// <param name="rows">How many rows a scope has; a version's are among those of all versions.</param>
    /// <returns>The scope, what is known of it, and the version that made all its predictions; empty for none.</returns>
    public static IEnumerable<(ProfileScope Scope, T Known, string AlsoVersion)> Apart<T>(
        IReadOnlyDictionary<ProfileScope, T> scopes,
        Func<T, long> rows
    )
    {
        // Counted once each: there may be many versions.
        var counts = scopes.Where(pair => pair.Key.Version.Length == 0).ToDictionary(pair => pair.Key, pair => rows(pair.Value));
        var alone = new Dictionary<ProfileScope, string>();
        foreach (var (scope, known) in scopes)
        {
            var all = scope with { Version = "" };
            if (scope.Version.Length > 0 && rows(known) == counts[all])
                alone[all] = scope.Version;
        }

        foreach (var (scope, known) in scopes)
        {
            var also = alone.GetValueOrDefault(scope with { Version = "" }, "");
            if (scope.Version.Length == 0)
                yield return (scope, known, also);
            else if (scope.Version != also)
                yield return (scope, known, "");
        }
    }
}

using Plumbline.Monitoring.Profiles;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Profiles are stored per version; the scope "all versions" is their sum.</summary>
public static class ScopeMerge
{
    /// <summary>The profiles of one window by scope and feature, each version's own and all versions together.</summary>
    public static IReadOnlyDictionary<ProfileScope, Dictionary<string, FeatureProfile>> Merge(IEnumerable<FeatureProfile> rows)
    {
        var scopes = new Dictionary<ProfileScope, Dictionary<string, FeatureProfile>>();
        foreach (var row in rows)
        {
            Put(scopes, row.Scope with { Version = "" }, row);
            // Predictions that name no version are the scope of all versions only.
            if (row.Scope.Version.Length > 0)
                Put(scopes, row.Scope, row);
        }

        return scopes;
    }

    private static void Put(Dictionary<ProfileScope, Dictionary<string, FeatureProfile>> scopes, ProfileScope scope, FeatureProfile row)
    {
        if (!scopes.TryGetValue(scope, out var features))
            scopes[scope] = features = new(StringComparer.Ordinal);
        features[row.Feature] = features.TryGetValue(row.Feature, out var before) ? before.Add(row) : row with { Scope = scope };
    }
}

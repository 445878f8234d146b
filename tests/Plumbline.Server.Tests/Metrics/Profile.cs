using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Metrics;

/// <summary>Profiles and baselines written by hand.</summary>
internal static class Profile
{
    public static readonly MetricWindow Hour = new(new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public static FeatureProfile Of(string feature, ulong[] bins, int baseline = 1, string version = "", long missing = 0) =>
        new()
        {
            Feature = feature,
            Scope = new ProfileScope(version, "", ""),
            WindowStart = Hour.Start,
            WindowEnd = Hour.End,
            Baseline = baseline,
            Bins = bins,
            Present = (long)bins.Aggregate(0UL, (sum, count) => sum + count),
            Missing = missing,
            Rows = (long)bins.Aggregate(0UL, (sum, count) => sum + count) + missing,
        };

    public static Baseline Baseline(params FeatureBaseline[] features) =>
        new()
        {
            Generation = 1,
            Declared = true,
            Rows = 100,
            CreatedAt = Hour.Start,
            Features = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(features, feature => feature.Feature),
        };

    public static FeatureBaseline Categorical(string feature, params (string Category, ulong Count)[] counts) =>
        new()
        {
            Feature = feature,
            IsNumeric = false,
            Categories = [.. counts.Select(pair => pair.Category)],
            Profile = Of(feature, [.. counts.Select(pair => pair.Count), 0, 0]),
        };

    /// <summary>The points of one calculator over one scope.</summary>
    public static List<MetricPoint> Points(
        IProfileCalculator calculator,
        Baseline? baseline,
        ModelDefinition model,
        params FeatureProfile[] profiles
    )
    {
        var points = new List<MetricPoint>();
        var scoped = new ScopeProfiles(
            model,
            baseline,
            Hour,
            ProfileScope.All,
            profiles.ToDictionary(profile => profile.Feature, StringComparer.Ordinal)
        );
        calculator.Calculate(scoped, new MetricSink(points, Hour, ProfileScope.All));
        return points;
    }

    public static ModelDefinition Model(ModelTask task = ModelTask.Multiclass, params string[] classes) =>
        new()
        {
            Id = 1,
            Name = "m",
            Task = task,
            Classes = [.. classes],
        };
}

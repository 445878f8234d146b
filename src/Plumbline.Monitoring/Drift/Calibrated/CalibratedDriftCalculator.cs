using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>
/// How surprising a window is, given how the reference's own windows (or the first ones in production) differ from each other: the p-value
/// from which alarms with a false-alarm budget are made. Base windows only; days and weeks would say the same evidence again.
/// </summary>
internal sealed class CalibratedDriftCalculator(ProfileStore profiles, BaselineCatalog baselines, CalibratedNulls nulls) : IEventCalculator
{
    // Windows before the first one that fill the memory of persistent traffic.
    private const int WarmUp = 24;

    // About 1 KB each.
    private const int ProfilesInMemory = 20_000;

    public IReadOnlyList<MetricDefinition> Metrics => CalibratedDriftMetrics.All;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        if (windows.Count == 0 || windows[0].Length != model.Window || baselines.Find(model) is not { } baseline)
            return;
        var learned = await nulls.FindAsync(model, baseline, cancellation);
        foreach (var run in ConsecutiveWindows.Split(windows, int.MaxValue))
        {
            var (from, to) = (run[0].Start - WarmUp * model.Window, run[^1].End);
            var scopes = 1 + (model.Segments.Length * 10);
            var perRead = Math.Max(1, ProfilesInMemory / ((run.Count + WarmUp) * scopes));
            foreach (var names in baseline.Features.Keys.Order(StringComparer.Ordinal).Chunk(perRead))
            {
                var rows = await profiles.ReadAsync(model, from, to, new ProfileQuery { Features = names }, cancellation);
                Evaluate(baseline, learned, rows, run, points);
            }
        }
    }

    private static void Evaluate(
        Baseline baseline,
        LearnedNulls? learned,
        IReadOnlyList<FeatureProfile> rows,
        IReadOnlyList<MetricWindow> run,
        List<MetricPoint> points
    )
    {
        var wanted = run.Select(window => window.Start).ToHashSet();
        var memories = new Dictionary<(ProfileScope Scope, string Feature), NullMemory>();
        foreach (var window in rows.GroupBy(row => row.WindowStart))
        {
            foreach (var (scope, features) in ScopeMerge.Merge(window))
            {
                foreach (var (name, profile) in features)
                {
                    if (
                        !baseline.Features.TryGetValue(name, out var feature)
                        || profile.Baseline != baseline.Generation
                        || profile.Bins.Length != feature.Profile.Bins.Length
                    )
                    {
                        continue;
                    }

                    var point = Evaluate(feature, learned, memories, scope, profile);
                    if (wanted.Contains(window.Key) && IsWorthTelling(scope, profile))
                        points.Add(point);
                }
            }
        }
    }

    private static MetricPoint Evaluate(
        FeatureBaseline feature,
        LearnedNulls? learned,
        Dictionary<(ProfileScope Scope, string Feature), NullMemory> memories,
        ProfileScope scope,
        FeatureProfile profile
    )
    {
        WindowSurprise? surprise = null;
        if (
            !feature.IsNearIdentifier
            && learned is not null
            && learned.Streams.TryGetValue(new CalibratedStream(scope.SegmentKey, scope.SegmentValue, profile.Feature), out var known)
        )
        {
            if (!memories.TryGetValue((scope, profile.Feature), out var memory))
                memories[(scope, profile.Feature)] = memory = known.NewMemory();
            surprise = known.Evaluate(new WindowCounts(profile.WindowStart, CalibratedBins.Of(feature, profile)), memory);
        }

        // Windows that were learned from cannot be surprising; and fewer rows than any metric asks for say nothing.
        var isJudged = surprise is not null && profile.Rows >= MetricSink.MinimumRows && !(profile.WindowStart < learned!.LearnedUntil);
        return new MetricPoint
        {
            Metric = CalibratedDriftMetrics.Calibrated,
            Feature = profile.Feature,
            Segment = scope.Segment,
            Version = scope.Version,
            WindowStart = profile.WindowStart,
            WindowEnd = profile.WindowEnd,
            Value = isJudged ? surprise!.Value.Effect : null,
            PValue = isJudged ? surprise!.Value.PValue : null,
            N = profile.Rows,
            Status =
                isJudged ? MetricStatus.Ok
                : feature.IsNearIdentifier ? MetricStatus.Undefined
                : MetricStatus.InsufficientData,
            Reason = feature.IsNearIdentifier ? FeatureBaseline.NearIdentifier : "",
        };
    }

    // As for the other measures: a small segment says so once, not for each feature.
    private static bool IsWorthTelling(ProfileScope scope, FeatureProfile profile) =>
        scope.SegmentKey.Length == 0 || profile.Rows >= MetricSink.MinimumRows;
}

using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>One version is worse than the others that answer at the same time.</summary>
internal sealed class WorseVersion : CauseKind<StreamChange>
{
    /// <summary>How long after the onset the versions' rows are counted together.</summary>
    private static readonly TimeSpan Gathered = TimeSpan.FromDays(2);

    /// <summary>A version with more of the traffic than this is no canary: then there is nothing to compare it with.</summary>
    private const double MostOfTraffic = 0.5;

    public override string Key => "worse_version";

    public override string Title => "One version";

    public override bool ShownByVersion => true;

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var told = search
            .Alerts.Where(alert => alert.Version.Length > 0 && alert.Feature.Length == 0)
            .GroupBy(alert => alert.Version, StringComparer.Ordinal)
            .Select(group => group.MaxBy(alert => alert.EffectInFloors)!)
            .OrderByDescending(worst => worst.EffectInFloors)
            .Select(worst => Found(worst.Version, 0.97, StreamChange.Of(worst)))
            .ToList();
        if (told.Count > 0)
            return told;
        // A canary of a few rows an hour is told by no window of its own; all since the onset may tell it.
        var failures = search
            .Alerts.Where(alert => AlertAspects.Of(alert) == MetricAspect.System && alert.Segment.Length == 0 && IsShare(alert.Metric))
            .MaxBy(alert => alert.EffectInFloors);
        return failures is null ? [] : await AmongAllSinceAsync(search, failures, cancellation);
    }

    private async Task<IReadOnlyList<CauseFacts>> AmongAllSinceAsync(CauseSearch search, AlertRow failures, CancellationToken cancellation)
    {
        var points = await search.Evidence.PointsAsync(
            search.Model,
            new MetricQuery
            {
                Metrics = [failures.Metric],
                Version = null,
                From = search.Onset,
                To = search.Onset + Gathered,
            },
            cancellation
        );
        var floor = KnownMetrics.Of(failures.Metric).Floor;
        return
        [
            .. SharesOfTwo
                .Of(points, MostOfTraffic)
                .Where(pair =>
                    pair.Value.Own.IsSurelyMoreThan(pair.Value.Others) && pair.Value.Difference >= floor.Of(pair.Value.Others.Share)
                )
                .OrderByDescending(pair => pair.Value.Difference)
                .Take(1)
                .Select(pair =>
                    Found(
                        pair.Key,
                        0.97,
                        new StreamChange(failures.Key with { Version = pair.Key }, pair.Value.Own.Share, pair.Value.Others.Share)
                    )
                ),
        ];
    }

    private static bool IsShare(string metric) => KnownMetrics.Of(metric).KnownUnit == "share";

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) => true;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"version {cause.Subject} is worse than the others: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"{AlertText.Stream(change.Key)}, compared with the other versions at the same time: {AlertText.Change(change, "share")}.";

    internal override string Path(CauseFacts cause, string model) => Links.With(Links.Model(model), ("version", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"take version {cause.Subject} out of the traffic, and look at its failures",
                Links.With(Links.Model(scene.Model), [.. scene.Range, ("version", cause.Subject)])
            ),
        ];
}

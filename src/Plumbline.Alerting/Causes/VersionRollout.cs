using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>A version that took over, or came back, when it began.</summary>
internal sealed class VersionRollout : CauseKind<VersionRollout.Rollout>
{
    /// <summary>Windows around the onset in which a release counts as having happened then.</summary>
    private const int NearWindows = 3;

    /// <summary>Shares of traffic that a version has before and after its release.</summary>
    private const double HardlyThere = 0.05;
    private const double There = 0.3;

    /// <summary>A version's share of the traffic in the window before and in that from <paramref name="At"/> on.</summary>
    internal sealed record Rollout(double Before, double After, DateTimeOffset At);

    public override string Key => "version_rollout";

    public override string Title => "Release";

    public override bool ShownByVersion => true;

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        if (!search.Alerts.Any(alert => AlertAspects.IsSharp(alert) && IsTouched(AlertAspects.Of(alert))))
            return [];
        var (model, onset) = (search.Model, search.Onset);
        var rows = await search.Evidence.PointsAsync(
            model,
            new MetricQuery
            {
                Metrics = [InputMetrics.Rows],
                Version = null,
                From = onset - (2 * NearWindows * model.Window),
                To = onset + ((NearWindows + 3) * model.Window),
            },
            cancellation
        );
        var total = rows.Where(point => point.Version.Length == 0).ToDictionary(point => point.WindowStart, point => point.Value ?? 0);
        var windows = total.Keys.Order().ToList();
        var found = new List<(string Version, Rollout Rollout)>();
        foreach (var version in rows.Where(point => point.Version.Length > 0).GroupBy(point => point.Version, StringComparer.Ordinal))
        {
            var shares = version.ToDictionary(
                point => point.WindowStart,
                point => total.GetValueOrDefault(point.WindowStart) is > 0 and var all ? (point.Value ?? 0) / all : 0
            );
            for (var i = 1; i < windows.Count; i++)
            {
                var (before, after) = (shares.GetValueOrDefault(windows[i - 1]), shares.GetValueOrDefault(windows[i]));
                if (before < HardlyThere && after >= There && (windows[i] - onset).Duration() <= NearWindows * model.Window)
                    found.Add((version.Key, new Rollout(before, after, windows[i])));
            }
        }

        if (found.Count == 0)
            return [];
        // Of a release and the return to the one before, whatever is nearer to the beginning; what was rolled back before anything fired is
        // not why it fires.
        var there = await WhenItFiredAsync(search, cancellation);
        return
        [
            .. found
                .OrderBy(one => (one.Rollout.At - onset).Duration())
                .Where(one => there(one.Version))
                .Take(1)
                .Select(one => Found(one.Version, 0.95, one.Rollout)),
        ];
    }

    // Tells of a version whether it had traffic in the window that fired first.
    private static async Task<Func<string, bool>> WhenItFiredAsync(CauseSearch search, CancellationToken cancellation)
    {
        var first = search.Alerts.MinBy(alert => alert.FiredMs)!;
        var fired = DateTimeOffset.FromUnixTimeMilliseconds(first.FiredMs);
        var rows = await search.Evidence.PointsAsync(
            search.Model,
            new MetricQuery
            {
                Metrics = [InputMetrics.Rows],
                Version = null,
                From = fired - TimeSpan.FromSeconds(first.Numbers.WindowSeconds),
                To = fired,
            },
            cancellation
        );
        var all = rows.Where(point => point.Version.Length == 0).Sum(point => point.Value ?? 0);
        return version => all == 0 || rows.Where(point => point.Version == version).Sum(point => point.Value ?? 0) >= HardlyThere * all;
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) => true;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"version {cause.Subject} is worse: {change}";

    private protected override string Words(string subject, Rollout rollout) =>
        $"Version {subject} went from {Figures.Format(rollout.Before, "share")} to {Figures.Format(rollout.After, "share")} of the traffic "
        + $"at {rollout.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC, when it began.";

    internal override string Path(CauseFacts cause, string model) => Links.With(Links.Model(model), ("version", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"compare version {cause.Subject} with the one before, and roll back if it is worse",
                Links.With(Links.Model(scene.Model, Links.Performance), [.. scene.Range, ("version", cause.Subject)])
            ),
        ];

    private static bool IsTouched(MetricAspect aspect) =>
        aspect is MetricAspect.System or MetricAspect.Outputs or MetricAspect.Performance or MetricAspect.Traffic;
}

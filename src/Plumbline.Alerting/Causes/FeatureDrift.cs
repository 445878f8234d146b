using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Drift;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Features that moved, ordered by how far and by what they have to do with the answers.</summary>
internal sealed class FeatureDrift : CauseKind<FeatureDrift.Drift>
{
    private const int Most = 5;

    /// <summary>How a feature moved, and its association with the answers, 0..1; null when that is not known.</summary>
    internal sealed record Drift(StreamChange Change, double? Weight);

    public override string Key => "feature_drift";

    public override string Title => "Feature drift";

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var moved = search.Alerts.Where(AlertAspects.IsDrift).GroupBy(alert => alert.Feature, StringComparer.Ordinal).ToList();
        var weights = await search.Evidence.WeightsAsync(search.Model, moved.Select(group => group.Key), cancellation);
        return
        [
            .. moved
                .Select(group => Found(group.Key, group.MaxBy(Effect)!, weights.TryGetValue(group.Key, out var known) ? known : null))
                .OrderByDescending(cause => cause.Score)
                .Take(Most),
        ];
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        DriftMetrics.Contains(metric) && feature == subject;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"{AlertText.List(features)} {(features.Count > 1 ? "drift" : "drifts")}";

    private protected override string Words(string subject, Drift drift)
    {
        var where = drift.Change.Key.Segment.Length > 0 ? $" in {drift.Change.Key.Segment}" : "";
        var weight = drift.Weight is { } known ? $"; its association with the answers is {Figures.Format(known)}" : "";
        return $"{subject} moved {AlertText.Change(drift.Change, "")}{where}{weight}.";
    }

    internal override string Path(CauseFacts cause, string model) =>
        Links.With(Links.Model(model, Links.Inputs), ("feature", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"look at {cause.Subject}: is the change real, or an error upstream?",
                Links.With(Links.Model(scene.Model, Links.Inputs), [.. scene.Range, ("feature", cause.Subject)])
            ),
        ];

    private CauseFacts Found(string feature, AlertRow worst, double? weight) =>
        Found(
            feature,
            0.3 + (0.25 * Math.Min(1, Effect(worst)) * (0.3 + (0.7 * (weight ?? 0.5)))),
            new Drift(StreamChange.Of(worst), weight)
        );

    private static double Effect(AlertRow alert) => alert.Numbers.Effect ?? 0;
}

using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Features that moved, ordered by how far and by what they have to do with the answers.</summary>
internal sealed class FeatureDrift : CauseKind<FeatureDrift.Drift>
{
    private const int Most = 5;

    /// <summary>How a feature moved, and its influence on predictions (association with the answers), 0..1; null if unknown.</summary>
    internal sealed record Drift(StreamChange Change, double? Weight);

    public override string Key => "feature_drift";

    public override string Title => "Feature drift";

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation) =>
        [
            .. (await search.FeaturesAsync(cancellation))
                .Select(drift => Found(drift.Change, drift.Size, drift.Weight))
                .OrderByDescending(cause => cause.Score)
                .Take(Most),
        ];

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        DriftMetrics.Contains(metric) && feature == subject;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        features.Count == 0
            ? $"{cause.Subject} drifts: {change}"
            : $"{AlertText.List(features)} {(features.Count > 1 ? "drift" : "drifts")}";

    private protected override string Words(string subject, Drift drift)
    {
        var where = drift.Change.Key.Segment.Length > 0 ? $" in {drift.Change.Key.Segment}" : "";
        var weight = drift.Weight is { } known ? $"; influence on predictions {Figures.Format(known)}" : "";
        var measure = drift.Change.Key.Metric == PopulationStabilityIndex.Name ? "PSI " : "";
        return $"{subject} moved {measure}{AlertText.Change(drift.Change, "")}{where}{weight}.";
    }

    internal override StreamChange? ChangeOf(CauseFacts cause) => EvidenceOf(cause)?.Change;

    internal override string Path(CauseFacts cause, string model) =>
        Links.With(Links.Model(model, Links.Inputs), ("feature", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"look at {cause.Subject}: is the change real, or an error upstream?",
                Links.With(Links.Model(scene.Model, Links.Inputs), [.. scene.Range, ("feature", cause.Subject)])
            ),
        ];

    private CauseFacts Found(StreamChange change, double size, double? weight) =>
        Found(change.Key.Feature, 0.3 + (0.25 * Math.Min(1, size) * (0.3 + (0.7 * (weight ?? 0.5)))), new Drift(change, weight));
}

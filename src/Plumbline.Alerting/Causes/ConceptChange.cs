using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Performance fell and nothing that the model sees has moved: what is true has changed, or what is called true.</summary>
internal sealed class ConceptChange : CauseKind<StreamChange>
{
    public override string Key => "concept_change";

    public override string Title => "The truth changed";

    internal override Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var realised = search.Alerts.FirstOrDefault(alert => PerformanceMetrics.Contains(alert.Metric));
        return Task.FromResult<IReadOnlyList<CauseFacts>>(
            realised is null || search.Alerts.Any(alert => AlertAspects.Of(alert) is not MetricAspect.Performance)
                ? []
                : [Found("ground truth", 0.85, StreamChange.Of(realised))]
        );
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) => PerformanceMetrics.Contains(metric);

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"answers become wrong while inputs stay as they are: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"{AlertText.Stream(change.Key)} fell: {AlertText.Change(change, "share")}; no input and no answer moved at that time, "
        + "so the relation between inputs and ground truth (or its definition) changed.";

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.Performance);

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                "look at decisions that turned out wrong since, and ask whether the meaning of the ground truth changed",
                Links.With(Links.ExploreModel(scene.Model), scene.Range)
            ),
        ];
}

using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Ground truth comes later than it should, or no more: what is said of performance meanwhile rests on few rows.</summary>
internal sealed class LateGroundTruth : CauseKind<StreamChange>
{
    public override string Key => "late_ground_truth";

    public override string Title => "Ground truth is late";

    internal override Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var late = search.Alerts.FirstOrDefault(alert => alert.Metric == PerformanceMetrics.LabelledInTime);
        return Task.FromResult<IReadOnlyList<CauseFacts>>(late is null ? [] : [Found("ground truth", 0.9, StreamChange.Of(late))]);
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        metric == PerformanceMetrics.LabelledInTime;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) => $"ground truth is late: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"Within the declared label delay ground truth came for fewer predictions: {AlertText.Change(change, "share")}. "
        + "Performance of this time is known of few rows until it comes.";

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.Performance);

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                "look at what sends ground truth: a job that stopped, a source that is behind",
                Links.With(Links.Model(scene.Model, Links.Performance), scene.Range)
            ),
        ];
}

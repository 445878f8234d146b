using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Performance fell and nothing that the model sees has moved: what is true has changed, or what is called true.</summary>
internal sealed class ConceptChange : CauseKind<ConceptChange.Fall>
{
    /// <summary>A rise of PSI from which on the relation is not what changed first.</summary>
    private const double TooFar = 0.25;

    /// <summary>A fall of performance.</summary>
    /// <param name="Key">The stream that shows it.</param>
    /// <param name="Value">What it is.</param>
    /// <param name="Expected">What is normal.</param>
    /// <param name="Judged">Distributions of inputs and answers that were looked at; null in what former releases stored.</param>
    /// <param name="Moved">How many had, though too little, or with too little to do with the answers, to explain it.</param>
    internal sealed record Fall(StreamKey Key, double? Value, double? Expected, int? Judged = null, int Moved = 0);

    public override string Key => "concept_change";

    public override string Title => "Relationship changed (concept drift)";

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var realised = search.Alerts.FirstOrDefault(alert => PerformanceMetrics.Contains(alert.Metric));
        if (realised is null || search.Alerts.Any(alert => AlertAspects.Of(alert) is not MetricAspect.Performance))
            return [];
        var moves = await search.MovesAsync(cancellation);
        if (await ExplainAsync(search, moves, cancellation))
            return [];
        var change = StreamChange.Of(realised);
        return [Found("ground truth", 0.85, new Fall(change.Key, change.Value, change.Expected, moves.Judged, moves.Moved.Count))];
    }

    // The answers moved, or a feature on which they hang.
    private static async Task<bool> ExplainAsync(CauseSearch search, ScopeMoves moves, CancellationToken cancellation)
    {
        var far = moves.Moved.Where(change => change.Value - change.Expected >= TooFar).ToList();
        if (far.Exists(ScopeMoves.IsOfAnswers))
            return true;
        var weights = await search.Evidence.WeightsAsync(search.Model, far.Select(change => change.Key.Feature), cancellation);
        return far.Exists(change => !weights.TryGetValue(change.Key.Feature, out var weight) || weight >= MovedFeature.Matters);
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) => PerformanceMetrics.Contains(metric);

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"performance fell, inputs unchanged: {change}";

    private protected override string Words(string subject, Fall fall)
    {
        var unmoved = (fall.Judged, fall.Moved) switch
        {
            (null, _) => "no input and no answer moved at that time",
            (0, _) => "whether inputs or answers moved at that time could not be judged",
            (var judged, 0) => $"none of {judged} distributions of inputs and answers moved at that time",
            var (judged, moved) => $"of {judged} inputs and answers {moved} moved at that time, too little to explain it",
        };
        return $"{AlertText.Stream(fall.Key)} fell: {AlertText.Change(new(fall.Key, fall.Value, fall.Expected), "share")}; {unmoved}, "
            + "so the relation between inputs and ground truth (or its definition) changed.";
    }

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.Performance);

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                "look at decisions that turned out wrong since, and ask whether the meaning of the ground truth changed",
                Links.With(Links.ExploreModel(scene.Model), scene.Range)
            ),
        ];
}

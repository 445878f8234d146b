using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>One segment suffers alone.</summary>
internal sealed class OneSegment : CauseKind<OneSegment.Difference>
{
    /// <summary>Streams that are named, and features that moved.</summary>
    private const int MostNamed = 2;

    /// <summary>Features that are kept.</summary>
    private const int MostKept = 10;

    /// <summary>How a segment differs from the rest.</summary>
    /// <param name="Streams">The first of its streams that fire.</param>
    /// <param name="StreamCount">How many do.</param>
    /// <param name="Features">The first features that moved there.</param>
    /// <param name="FeatureCount">How many did.</param>
    /// <param name="Moves">Features that moved there, then answers; null in what former releases stored.</param>
    /// <param name="Judged">How many of these could be judged.</param>
    internal sealed record Difference(
        IReadOnlyList<StreamKey> Streams,
        int StreamCount,
        IReadOnlyList<string> Features,
        int FeatureCount,
        IReadOnlyList<StreamChange>? Moves = null,
        int Judged = 0
    );

    public override string Key => "segment";

    public override string Title => "One segment";

    internal override bool NamesPlace => true;

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        if (search.Scope.Length == 0)
            return [];
        var segment = search.Scope;
        var own = search.Alerts.Where(alert => alert.Segment == segment).ToList();
        var suffers = own.Exists(alert => AlertAspects.Of(alert) is MetricAspect.Performance or MetricAspect.Outputs);
        var moved = own.Where(AlertAspects.IsDrift).Select(alert => alert.Feature).Distinct(StringComparer.Ordinal).ToList();
        var moves = await search.MovesAsync(cancellation);
        var difference = new Difference(
            [.. own.Take(MostNamed).Select(alert => alert.Key)],
            own.Count,
            [.. moved.Take(MostKept)],
            moved.Count,
            Named(moves.Moved),
            moves.Judged
        );
        return [Found(segment, suffers ? 0.9 : 0.28, difference)];
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) => segment == subject;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"{cause.Subject} goes bad: {change}";

    private protected override string Words(string subject, Difference difference)
    {
        var streams = AlertText.List([.. difference.Streams.Select(AlertText.Stream)], MostNamed, difference.StreamCount);
        return $"{subject} differs from the rest: {streams}. {Moved(difference)}".TrimEnd();
    }

    // Answers follow from what the model is given: where features moved they come first, and answers are said once.
    private static List<StreamChange> Named(IReadOnlyList<StreamChange> moved) =>
        [.. moved.Where(change => !ScopeMoves.IsOfAnswers(change)).Take(MostNamed), .. moved.Where(ScopeMoves.IsOfAnswers).Take(1)];

    private static string Moved(Difference difference)
    {
        if (difference.Moves is { Count: > 0 } moves)
            return $"There {AlertText.List([.. moves.Select(Move)], moves.Count)}.";
        if (difference.FeatureCount > 0)
            return $"There {AlertText.List(difference.Features, total: difference.FeatureCount)} changed.";
        return difference.Moves is null ? ""
            : difference.Judged > 0 ? $"None of {difference.Judged} distributions of inputs and answers moved there."
            : "Whether inputs or answers moved there could not be judged: too few rows.";
    }

    private static string Move(StreamChange change) =>
        $"{(ScopeMoves.IsOfAnswers(change) ? "the answers" : change.Key.Feature)} moved (PSI {AlertText.Change(change, "")})";

    internal override string Path(CauseFacts cause, string model) =>
        Links.With(Links.Model(model, Links.Performance), ("segment", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"look at decisions of {cause.Subject}",
                Links.With(Links.ExploreModel(scene.Model), [.. scene.Range, ("segment", cause.Subject)])
            ),
        ];
}

using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Causes;

/// <summary>A feature that moved in the rows of an incident.</summary>
/// <param name="Change">The stream that shows it.</param>
/// <param name="Size">How far, in the unit of that stream.</param>
/// <param name="SinceMs">When its first alert says that it began, epoch ms; null where no rule watches it.</param>
/// <param name="Weight">Its influence on predictions (association with the answers), 0..1; null if unknown.</param>
internal sealed record MovedFeature(StreamChange Change, double Size, long? SinceMs, double? Weight)
{
    /// <summary>An association with the answers from which on a feature that moved may explain what became of them.</summary>
    internal const double Matters = 0.1;

    /// <summary>Whether predictions are known to hang on it.</summary>
    public bool MovesAnswers => Weight >= Matters;

    /// <summary>Those for which alerts fired, and those that moved in the same rows without a rule that watches them.</summary>
    public static async Task<IReadOnlyList<MovedFeature>> ReadAsync(CauseSearch search, CancellationToken cancellation)
    {
        var fired = search
            .Alerts.Where(AlertAspects.IsDrift)
            .GroupBy(alert => alert.Feature, StringComparer.Ordinal)
            .Select(group => (Worst: group.MaxBy(Effect)!, SinceMs: (long?)group.Min(alert => alert.OnsetMs)))
            .Select(drift => (Change: StreamChange.Of(drift.Worst), Size: Effect(drift.Worst), drift.SinceMs))
            .ToList();
        var others = (await search.MovesAsync(cancellation))
            .Moved.Where(change =>
                !ScopeMoves.IsOfAnswers(change) && !fired.Exists(drift => drift.Change.Key.Feature == change.Key.Feature)
            )
            .Select(change => (Change: change, Size: change.Value!.Value - change.Expected!.Value, SinceMs: (long?)null));
        var moved = fired.Concat(others).ToList();
        var weights = await search.Evidence.WeightsAsync(search.Model, moved.Select(drift => drift.Change.Key.Feature), cancellation);
        return
        [
            .. moved.Select(drift => new MovedFeature(
                drift.Change,
                drift.Size,
                drift.SinceMs,
                weights.TryGetValue(drift.Change.Key.Feature, out var known) ? known : null
            )),
        ];
    }

    private static double Effect(AlertRow alert) => alert.Numbers.Effect ?? 0;
}

using Plumbline.Alerting.Alerts;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>One version is worse than the others that answer at the same time.</summary>
internal sealed class WorseVersion : CauseKind<StreamChange>
{
    public override string Key => "worse_version";

    public override string Title => "One version";

    public override bool ShownByVersion => true;

    internal override Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CauseFacts>>([
            .. search
                .Alerts.Where(alert => alert.Version.Length > 0 && alert.Feature.Length == 0)
                .GroupBy(alert => alert.Version, StringComparer.Ordinal)
                .Select(group => group.MaxBy(alert => alert.EffectInFloors)!)
                .OrderByDescending(worst => worst.EffectInFloors)
                .Select(worst => Found(worst.Version, 0.97, StreamChange.Of(worst))),
        ]);

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

using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>A feature whose values are not what they were: they go missing, are new, or have another type.</summary>
internal abstract class ChangedValues(MetricAspect aspect, string metric, string what) : CauseKind<StreamChange>
{
    public override bool IsDataQuality => true;

    internal override Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CauseFacts>>([
            .. search
                .Alerts.Where(alert => AlertAspects.Of(alert) == aspect)
                .GroupBy(alert => alert.Feature, StringComparer.Ordinal)
                .Select(group => Found(group.Key, group.MaxBy(alert => alert.Numbers.Effect ?? 0)!)),
        ]);

    public override bool IsShownBy(string subject, string metricName, string? feature, string? segment) =>
        metricName == metric && feature == subject;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"{cause.Subject} {what}: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"{subject} {what}: {AlertText.Change(change, "share")} of the rows.";

    internal override string Path(CauseFacts cause, string model) =>
        Links.With(Links.Model(model, Links.Inputs), ("feature", cause.Subject));

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"ask whoever sends {cause.Subject}: the values changed at {scene.Onset.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
                Links.With(Links.Model(scene.Model, Links.Inputs), [.. scene.Range, ("feature", cause.Subject)])
            ),
        ];

    private CauseFacts Found(string feature, AlertRow worst) =>
        Found(feature, 0.8 + (0.1 * Math.Min(1, worst.Numbers.Effect ?? worst.Numbers.Value ?? 0)), StreamChange.Of(worst));
}

/// <summary>A feature's values go missing.</summary>
internal sealed class MissingValues() : ChangedValues(MetricAspect.Missing, InputMetrics.MissingRate, "is missing")
{
    public override string Key => "missing_values";

    public override string Title => "Missing values";
}

/// <summary>A feature has values that the reference never had.</summary>
internal sealed class NewCategory() : ChangedValues(MetricAspect.Unseen, InputMetrics.UnseenRate, "has values that the reference never had")
{
    public override string Key => "new_category";

    public override string Title => "Values never seen before";
}

/// <summary>A feature has values of another type.</summary>
internal sealed class SchemaChange() : ChangedValues(MetricAspect.Types, InputMetrics.TypeErrorRate, "has values of another type")
{
    public override string Key => "schema_change";

    public override string Title => "Another type";
}

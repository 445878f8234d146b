using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>
/// A share of rows is worse for one version than for all other versions in the same window: a canary with little traffic is found, whose
/// errors hardly move the number of all rows.
/// </summary>
public sealed class VersionsRule : RuleKind
{
    private VersionsRule() { }

    public static VersionsRule Kind { get; } = new();

    public override string Name => "versions";

    public override string Title => "one version against the others";

    public override int Order => 6;

    public override RuleSettings Settings =>
        RuleSettings.AnyDirection | RuleSettings.Features | RuleSettings.Duration | RuleSettings.Rows | RuleSettings.EffectFloor;

    public override string UsualMetric => Monitoring.SystemLayer.SystemMetrics.ErrorRate;

    public override bool ComparesVersions => true;

    public override IEnumerable<FieldError> Check(Rule rule)
    {
        if (string.IsNullOrEmpty(rule.Version))
            yield return new("version", "Name a version, or * for each.");
        if (KnownMetrics.Find(rule.Metric) is { } metric && metric.KnownUnit != "share")
            yield return new("metric", "Versions are compared by a share of rows, such as system.error_rate.");
    }

    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        var point = window.Point!;
        if (window.OfVersion("") is not { Value: not null } total || total.N - point.N < Math.Max(1, window.Rule.MinimumN))
            return WindowVerdict.None("too few rows of other versions to compare with");
        var own = RowCount.Of(point);
        var others = RowCount.Of(total) - own;
        var differs = window.Direction == RuleDirection.Below ? own.Misses.IsSurelyMoreThan(others.Misses) : own.IsSurelyMoreThan(others);
        var floor = window.Rule.EffectFloor ?? KnownMetrics.Of(window.Rule.Metric).Floor.Of(others.Share);
        return new(differs && Math.Abs(point.Value!.Value - others.Share) >= floor, others.Share);
    }

    public override string Describe(Rule rule, RuleUnits units) =>
        $"{(rule.Version == "*" ? "a version" : $"version {rule.Version}")} surely differs from the other versions {units.Lasting}"
        + (rule.EffectFloor is { } floor ? $", by at least {Figures.Format(floor, units.Metric)}" : "");
}

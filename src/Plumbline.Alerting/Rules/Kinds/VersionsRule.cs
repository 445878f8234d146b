using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using Plumbline.Statistics.Probability;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>
/// A share of rows is worse for one version than for all other versions in the same window: a canary with little traffic is found, whose
/// errors hardly move the number of all rows.
/// </summary>
public sealed class VersionsRule : RuleKind
{
    /// <summary>A difference of windows that chance makes more often than this is none.</summary>
    private const double SurePValue = 1e-5;

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
        var own = window.Point!;
        if (window.OfVersion("") is not { Value: { } all } total || total.N - own.N < Math.Max(1, window.Rule.MinimumN))
            return WindowVerdict.None("too few rows of other versions to compare with");
        var (rows, otherRows) = (own.N, total.N - own.N);
        var hits = Hits(own.Value!.Value, rows);
        var otherHits = Math.Clamp(Hits(all, total.N) - hits, 0, otherRows);
        var others = (double)otherHits / otherRows;
        var p =
            window.Direction == RuleDirection.Below
                ? TwoShares.PValueOfMore(rows - hits, rows, otherRows - otherHits, otherRows)
                : TwoShares.PValueOfMore(hits, rows, otherHits, otherRows);
        var floor = window.Rule.EffectFloor ?? KnownMetrics.Of(window.Rule.Metric).Floor.Of(others);
        return new(p < SurePValue && Math.Abs(own.Value.Value - others) >= floor, others);
    }

    public override string Describe(Rule rule, RuleUnits units) =>
        $"{(rule.Version == "*" ? "a version" : $"version {rule.Version}")} surely differs from the other versions {units.Lasting}"
        + (rule.EffectFloor is { } floor ? $", by at least {Figures.Format(floor, units.Metric)}" : "");

    private static long Hits(double share, long rows) => Math.Clamp((long)Math.Round(share * rows), 0, rows);
}

using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>The value is surprising against what is normal for it, within the model's false-alarm budget.</summary>
public sealed class AnomalyRule : RuleKind
{
    private AnomalyRule() { }

    public static AnomalyRule Kind { get; } = new();

    public override string Name => "anomaly";

    public override string FormerName => "drift";

    public override string Title => "anomaly, within the budget";

    public override int Order => 3;

    public override RuleSettings Settings =>
        RuleSettings.AnyDirection | RuleSettings.Features | RuleSettings.Rows | RuleSettings.EffectFloor;

    public override string UsualMetric => CalibratedDriftMetrics.Calibrated;

    public override bool GathersEvidence => true;

    public override WindowVerdict Evaluate(EvaluatedWindow window) =>
        throw new NotSupportedException("An anomaly rule gathers evidence over windows.");

    public override string Describe(Rule rule, RuleUnits units) =>
        $"surprising in windows of {units.Window}; less than {Floor(rule, units.Metric)} goes to the digest";

    private static string Floor(Rule rule, string unit)
    {
        if (rule.EffectFloor is { } own)
            return Figures.Format(own, unit);
        var floor = KnownMetrics.Of(rule.Metric).Floor;
        if (floor.IsRelative)
            return $"{Figures.Format(floor.Size, "share")} of what was normal";
        var size = Figures.Format(floor.Size, unit);
        return floor.Least is { } least ? $"{size}, or as much again of what is rarer (at least {Figures.Format(least, unit)})" : size;
    }
}

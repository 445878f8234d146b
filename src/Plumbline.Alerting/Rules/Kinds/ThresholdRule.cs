using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>The value is beyond a fixed number.</summary>
public sealed class ThresholdRule : RuleKind
{
    private ThresholdRule() { }

    public static ThresholdRule Kind { get; } = new();

    public override string Name => "threshold";

    public override string Title => "threshold";

    public override int Order => 1;

    public override RuleSettings Settings =>
        RuleSettings.Value | RuleSettings.AboveOrBelow | RuleSettings.Features | RuleSettings.Duration | RuleSettings.Rows;

    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        var limit = window.Rule.Value!.Value;
        return new(window.IsBeyond(limit, limit), limit);
    }

    public override string Describe(Rule rule, RuleUnits units) =>
        $"{rule.Direction.Words()} {Figures.Format(rule.Value, units.Metric)} {units.Lasting}";
}

using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>The value differs from an earlier period by more than a fixed amount.</summary>
public sealed class ChangeRule : RuleKind
{
    private ChangeRule() { }

    public static ChangeRule Kind { get; } = new();

    public override string Name => "change";

    public override string Title => "change";

    public override int Order => 2;

    public override string ValueLabel => "By more than";

    public override RuleSettings Settings =>
        RuleSettings.Value
        | RuleSettings.AnyDirection
        | RuleSettings.Features
        | RuleSettings.Duration
        | RuleSettings.Rows
        | RuleSettings.Relative
        | RuleSettings.Against;

    public override TimeSpan LooksBack(Rule rule) => rule.Against == ChangeBase.PreviousPeriod ? EvaluatedWindow.Week : TimeSpan.Zero;

    public override bool LearnsNormal(Rule rule) => rule.Against == ChangeBase.Learned;

    public override IEnumerable<FieldError> Check(Rule rule)
    {
        if (rule.Value is < 0)
            yield return new("value", "The size of a change is not negative; direction says which way.");
    }

    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        var rule = window.Rule;
        var looksBack = LooksBack(rule) > TimeSpan.Zero;
        if ((looksBack ? window.PreviousPeriod(EvaluatedWindow.Usable) : window.Normal) is not { } former)
            return WindowVerdict.None(looksBack ? "no number a week or a day before" : "learning what is normal");
        var margin = rule.Value!.Value * (rule.Relative ? Math.Abs(former) : 1);
        return new(window.IsBeyond(former - margin, former + margin), former);
    }

    public override string Describe(Rule rule, RuleUnits units)
    {
        var verb = rule.Direction switch
        {
            RuleDirection.Below => "falls",
            RuleDirection.Above => "rises",
            _ => "changes",
        };
        var size = Figures.Format(rule.Value, rule.Relative ? "share" : units.Metric);
        var former = rule.Against == ChangeBase.PreviousPeriod ? "the same hour a week before" : "its first windows";
        return $"{verb} by more than {size}{(rule.Relative ? " of what it was" : "")} against {former}, {units.Lasting}";
    }
}

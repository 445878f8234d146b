using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>The value of one version divided by that of another is beyond a fixed number.</summary>
public sealed class RatioRule : RuleKind
{
    private RatioRule() { }

    public static RatioRule Kind { get; } = new();

    public override string Name => "ratio";

    public override string Title => "ratio of versions";

    public override int Order => 5;

    public override RuleSettings Settings =>
        RuleSettings.Value
        | RuleSettings.AboveOrBelow
        | RuleSettings.Features
        | RuleSettings.Duration
        | RuleSettings.Rows
        | RuleSettings.ThanVersion;

    public override bool ComparesVersions => true;

    public override IEnumerable<FieldError> Check(Rule rule)
    {
        if (string.IsNullOrEmpty(rule.ThanVersion) || rule.Version is null or "" or "*")
            yield return new("than_version", "A ratio rule names a version and the one that it is divided by (than_version).");
    }

    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        var other = window.Rule.ThanVersion!;
        if (EvaluatedWindow.Usable(window.OfVersion(other)) is not { } divisor || divisor == 0)
            return WindowVerdict.None($"no number of version {other} to divide by");
        var limit = window.Rule.Value!.Value * divisor;
        return new(window.IsBeyond(limit, limit), divisor);
    }

    public override string Describe(Rule rule, RuleUnits units) =>
        $"version {rule.Version} by version {rule.ThanVersion} {rule.Direction.Words()} {Figures.Format(rule.Value)} {units.Lasting}";
}

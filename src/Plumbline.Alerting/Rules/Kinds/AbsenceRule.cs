using Plumbline.Monitoring.Quality;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>No predictions although there used to be some at this hour.</summary>
public sealed class AbsenceRule : RuleKind
{
    private AbsenceRule() { }

    public static AbsenceRule Kind { get; } = new();

    public override string Name => "absence";

    public override string Title => "absence of predictions";

    public override int Order => 4;

    public override RuleSettings Settings => RuleSettings.Duration;

    public override string OnlyMetric => InputMetrics.Rows;

    public override bool IsEvaluatedByClock => true;

    public override bool LooksBack(Rule rule) => true;

    // No traffic at an hour that usually has none is no news.
    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        var usual = window.PreviousPeriod(point => point?.Value);
        if (window.Point?.Value > 0)
            return new(false, usual);
        return usual is null ? WindowVerdict.None("no predictions, and none at this hour a day or a week before") : new(usual > 0, usual);
    }

    public override string Describe(Rule rule, RuleUnits units) => $"no predictions {units.Lasting}, where there used to be some";
}

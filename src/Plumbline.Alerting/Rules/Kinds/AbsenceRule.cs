using Plumbline.Monitoring.Quality;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>No predictions although there used to be some at this hour.</summary>
public sealed class AbsenceRule : RuleKind
{
    private const string NothingKnown = "no predictions, and not known yet whether this hour usually has some";

    /// <summary>
    /// Predictions that should have come since the last one, from which on silence is no chance: of a Poisson count with this mean one in a
    /// million is zero.
    /// </summary>
    private static readonly double SurelyMissing = -Math.Log(1e-6);

    private AbsenceRule() { }

    public static AbsenceRule Kind { get; } = new();

    public override string Name => "absence";

    public override string Title => "absence of predictions";

    public override int Order => 4;

    public override RuleSettings Settings => RuleSettings.Duration;

    public override string OnlyMetric => InputMetrics.Rows;

    public override bool IsEvaluatedByClock => true;

    public override TimeSpan LooksBack(Rule rule) => TrafficRhythm.Reach;

    // No traffic at an hour that usually has none is no news, and of little traffic an empty hour is no news either.
    public override WindowVerdict Evaluate(EvaluatedWindow window)
    {
        if (window.Point?.Value > 0)
            return new(false, TrafficRhythm.Expected(window));
        var (expected, missing) = TrafficRhythm.MissingUntil(window);
        return expected is null ? WindowVerdict.None(NothingKnown) : new(missing >= SurelyMissing, expected);
    }

    public override string Describe(Rule rule, RuleUnits units) =>
        $"no predictions {units.Lasting}, where so many should have come by the rhythm of the week that silence is no chance";
}

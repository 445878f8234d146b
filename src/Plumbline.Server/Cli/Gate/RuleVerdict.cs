using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Alerting.Backtests;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Gate;

/// <summary>What a rule says of the period.</summary>
internal enum GateVerdict
{
    Holds,
    Fires,

    /// <summary>It could judge no window.</summary>
    Missing,
}

/// <summary>A rule of the gate, what it says, and why, in words.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Condition">When it fires: "performance.accuracy below 0.8 in 2 of 3 windows of 1h".</param>
/// <param name="Outcome">What the server's backtest found.</param>
/// <param name="Took">How long that took.</param>
internal sealed record RuleVerdict(Rule Rule, string Condition, BacktestOutcome Outcome, TimeSpan Took)
{
    private const int MostFirings = 10;

    public GateVerdict Verdict =>
        Outcome.Count + Outcome.FiringAtStart.Count > 0 ? GateVerdict.Fires
        : Outcome.Coverage is { Judged: > 0 } ? GateVerdict.Holds
        : GateVerdict.Missing;

    /// <summary>How much could be judged: "160 of 168 windows judged".</summary>
    public string Judged =>
        Outcome.Coverage is { } coverage ? Text($"{coverage.Judged:N0} of {coverage.Windows:N0} windows judged") : "nothing judged";

    /// <summary>Why nothing could be judged.</summary>
    public string WhyMissing =>
        Outcome.Coverage is not { Windows: > 0 } coverage ? "no numbers are stored in the period"
        : coverage.Reasons.Count == 0 ? "the rule found no series to judge"
        : string.Join("; ", coverage.Reasons.Select(reason => Text($"{reason.Key} ({reason.Value:N0}\u00d7)")));

    /// <summary>Each firing in a line: when, what, value, limit, windows.</summary>
    public IEnumerable<string> Firings()
    {
        foreach (var firing in Outcome.FiringAtStart.Take(MostFirings))
            yield return $"{Line(firing)}; it fired before the period and had not ended";
        foreach (var firing in Outcome.Firings.Where(firing => !firing.Small).Take(MostFirings))
            yield return Line(firing);
        var left =
            Outcome.Count
            + Outcome.FiringAtStart.Count
            - Math.Min(MostFirings, Outcome.Count)
            - Math.Min(MostFirings, Outcome.FiringAtStart.Count);
        if (left > 0)
            yield return Text($"and {left:N0} more");
    }

    /// <summary>Reads the server's answer to a backtest.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="window">Length of the model's windows, as text.</param>
    /// <param name="result">The answer.</param>
    /// <param name="took">How long it took.</param>
    public static RuleVerdict Read(Rule rule, string window, JsonObject result, TimeSpan took) =>
        new(rule, ConditionOf(rule, window), result["rule"].Deserialize<BacktestOutcome>(Rule.ViewJson)!, took);

    private static string ConditionOf(Rule rule, string modelWindow)
    {
        var window = rule.Window is { } own ? DurationText.Format(own) : modelWindow;
        var lasting = Text($"in {rule.ForWindows} of {rule.OfWindows} windows of {window}");
        var scope = string.Concat(
            rule.Features is { } features ? $" of {string.Join(", ", features)}" : "",
            rule.Class is { } label ? $" of class {label}" : "",
            rule.Segment.Length > 0 ? $" in {rule.Segment}" : "",
            rule.Version.Length > 0 ? $" of version {rule.Version}" : ""
        );
        var when = rule.Kind.Describe(rule, new RuleUnits(KnownMetrics.Of(rule.Metric).KnownUnit, window, lasting));
        return $"{rule.Metric}{scope} {when}";
    }

    private static string Line(BacktestFiring firing)
    {
        var ended = firing.EndedAt is { } end ? Text($"until {end:yyyy-MM-dd HH:mm}") : "not ended";
        var line = Text($"{firing.At:yyyy-MM-dd HH:mm} UTC (since {firing.Onset:yyyy-MM-dd HH:mm}, {ended}): {firing.Stream}");
        if (firing.Evidence is not { } seen)
            return line;
        var value = seen.Value is { } number ? $" {Figures.Format(number)}" : " no value";
        var expected = seen.Expected is { } limit ? $" against {Figures.Format(limit)}" : "";
        return Text($"{line}{value}{expected}, {seen.N:N0} rows, {seen.Windows} windows");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using Plumbline.Alerting;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules;
using Plumbline.Dashboard.Pages.Incidents;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>Rules in sentences.</summary>
public static class RuleWords
{
    public static string Kind(RuleKind kind) => kind switch
    {
        RuleKind.Threshold => "threshold",
        RuleKind.Change => "change",
        RuleKind.Drift => "drift, within the budget",
        RuleKind.Absence => "absence of predictions",
        _ => "ratio of versions",
    };

    public static string Source(RuleSource source) => source switch
    {
        RuleSource.Default => "default",
        RuleSource.File => "configuration file",
        _ => "own",
    };

    /// <summary>What a rule watches: "Missing values of every feature, in every segment".</summary>
    public static string Watches(Rule rule)
    {
        var text = IncidentWords.MetricName(rule.Metric);
        if (rule.Features is { Count: > 0 } features) text += $" of {string.Join(", ", features.Take(3))}{(features.Count > 3 ? $" and {features.Count - 3} more" : "")}";
        else if (rule.Metric.StartsWith("drift.", StringComparison.Ordinal) || rule.Metric is "input.missing_rate" or "input.unseen_rate" or "input.type_error_rate" or "input.out_of_range_rate" or "input.missing_over_reference") text += " of every feature";
        if (rule.Class is { Length: > 0 } known) text += $" of class {known}";
        text += rule.Segment switch
        {
            "" => "",
            "*" => ", all rows and every segment",
            "=*" => ", every segment",
            _ when rule.Segment.EndsWith("=*", StringComparison.Ordinal) => $", every {rule.Segment[..^2]}",
            _ => $", {rule.Segment}",
        };
        return rule.Version switch { "" => text, "*" => $"{text}, each version", _ => $"{text}, version {rule.Version}" };
    }

    /// <summary>When a rule fires.</summary>
    public static string Condition(Rule rule, ModelDefinition model, MetricCatalogue catalogue)
    {
        var unit = rule.Kind == RuleKind.Ratio ? "" : IncidentWords.Unit(catalogue, rule.Metric);
        var window = DurationText.Format(rule.WindowOf(model));
        var lasting = rule.OfWindows == 1 ? $"in a window of {window}" : rule.ForWindows == rule.OfWindows ? $"in {rule.ForWindows} windows of {window} in a row" : $"in {rule.ForWindows} of {rule.OfWindows} windows of {window}";
        return rule.Kind switch
        {
            RuleKind.Threshold => $"{Way(rule.Direction)} {Figures.Format(rule.Value, unit)} {lasting}",
            RuleKind.Change => $"{(rule.Direction == RuleDirection.Below ? "falls" : rule.Direction == RuleDirection.Above ? "rises" : "changes")} by more than {Figures.Format(rule.Value, rule.Relative ? "share" : unit)}{(rule.Relative ? " of what it was" : "")} against {(rule.Against == ChangeBase.PreviousPeriod ? "the same hour a week before" : "its first windows")}, {lasting}",
            RuleKind.Drift => $"surprising in windows of {window}; less than {Floor(rule, unit)} goes to the digest",
            RuleKind.Absence => $"no predictions {lasting}, where there used to be some",
            _ => $"version {rule.Version} by version {rule.ThanVersion} {Way(rule.Direction)} {Figures.Format(rule.Value)} {lasting}",
        };
    }

    public static string Severity(AlertSeverity? severity) => severity switch { null => "from the loss", { } known => known.ToString().ToLowerInvariant() };

    /// <summary>The false-alarm budget in a sentence.</summary>
    public static string Budget(ModelStanding standing)
    {
        var streams = standing.CalibratedStreams == 1 ? "1 stream" : $"{Figures.Count(standing.CalibratedStreams)} streams";
        return $"{Figures.Format(standing.Alarms)} false {(standing.Alarms == 1 ? "alarm" : "alarms")} per {DurationText.Format(standing.Per)} {(standing.Alarms == 1 ? "is" : "are")} accepted, over {streams} of drift rules together.";
    }

    private static string Way(RuleDirection direction) => direction switch { RuleDirection.Above => "above", RuleDirection.Below => "below", _ => "beyond" };

    private static string Floor(Rule rule, string unit)
    {
        if (rule.EffectFloor is { } own) return Figures.Format(own, unit);
        var floor = EffectFloors.Of(rule.Metric);
        return floor.IsRelative ? $"{Figures.Format(floor.Size, "share")} of what was normal"
            : floor.Least is { } least ? $"{Figures.Format(floor.Size, unit)}, or as much again of what is rarer (at least {Figures.Format(least, unit)})"
            : Figures.Format(floor.Size, unit);
    }
}

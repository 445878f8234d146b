using Plumbline.Alerting;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>Rules in sentences.</summary>
public static class RuleWords
{
    public static string Source(RuleSource source) =>
        source switch
        {
            RuleSource.Default => "default",
            RuleSource.File => "configuration file",
            _ => "own",
        };

    /// <summary>What a rule watches: "Missing values of every feature, in every segment".</summary>
    public static string Watches(Rule rule)
    {
        var text = KnownMetrics.Of(rule.Metric).Title;
        if (rule.Features is { Count: > 0 } features)
            text += $" of {string.Join(", ", features.Take(3))}{(features.Count > 3 ? $" and {features.Count - 3} more" : "")}";
        else if (KnownMetrics.Of(rule.Metric).IsPerFeature)
            text += " of every feature";
        if (rule.Class is { Length: > 0 } known)
            text += $" of class {known}";
        text += rule.Segment switch
        {
            "" => "",
            "*" => ", all rows and every segment",
            "=*" => ", every segment",
            _ when rule.Segment.EndsWith("=*", StringComparison.Ordinal) => $", every {rule.Segment[..^2]}",
            _ => $", {rule.Segment}",
        };
        return rule.Version switch
        {
            "" => text,
            "*" => $"{text}, each version",
            _ => $"{text}, version {rule.Version}",
        };
    }

    /// <summary>When a rule fires.</summary>
    public static string Condition(Rule rule, ModelDefinition model)
    {
        var window = DurationText.Format(rule.WindowOf(model));
        var lasting =
            rule.OfWindows == 1 ? $"in a window of {window}"
            : rule.ForWindows == rule.OfWindows ? $"in {rule.ForWindows} windows of {window} in a row"
            : $"in {rule.ForWindows} of {rule.OfWindows} windows of {window}";
        return rule.Kind.Describe(rule, new RuleUnits(KnownMetrics.Of(rule.Metric).KnownUnit, window, lasting));
    }

    public static string Severity(AlertSeverity? severity) =>
        severity switch
        {
            null => "from the loss",
            { } known => known.ToString().ToLowerInvariant(),
        };

    /// <summary>The false-alarm budget in a sentence.</summary>
    public static string Budget(ModelStanding standing)
    {
        var streams = standing.CalibratedStreams == 1 ? "1 stream" : $"{Figures.Count(standing.CalibratedStreams)} streams";
        return $"{Figures.Format(standing.Alarms)} false {(standing.Alarms == 1 ? "alarm" : "alarms")} per "
            + $"{DurationText.Format(standing.Per)} {(standing.Alarms == 1 ? "is" : "are")} accepted, "
            + $"over {streams} of anomaly rules together.";
    }
}

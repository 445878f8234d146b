using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;

namespace Plumbline.Alerting.Rules;

/// <summary>When rules are judged and how incidents are told.</summary>
public sealed record AlertingOptions
{
    /// <summary>
    /// Longest pause between two looks at a model while windows of it are computed, in milliseconds; as soon as no more are, it is looked
    /// at. Range 50..3,600,000, default 2,000.
    /// </summary>
    public int IntervalMs { get; init; } = 2_000;

    /// <summary>
    /// How long ground truth is waited for where a model does not declare label_delay, in hours. Range 0..8,760, default 24. A shorter wait
    /// judges fewer labels.
    /// </summary>
    public int DefaultLabelDelayHours { get; init; } = 24;

    /// <summary>
    /// Incidents found in windows older than this (an import of history) are kept, and nobody is told. In hours, range 1..8,760, default
    /// 24.
    /// </summary>
    public int NotifyWithinHours { get; init; } = 24;

    /// <summary>Rules declared here are in force before those of the API and cannot be changed over it.</summary>
    public IReadOnlyList<FileRule> Rules { get; init; } = [];

    /// <summary>Adds what cannot be used, each as path and reason: <c>alerting.interval_ms: ..</c>.</summary>
    /// <param name="errors">What was found so far.</param>
    public void Validate(List<string> errors)
    {
        if (IntervalMs is < 50 or > 3_600_000)
            errors.Add($"alerting.interval_ms: {IntervalMs} is outside 50..3600000.");
        if (DefaultLabelDelayHours is < 0 or > 8_760)
            errors.Add($"alerting.default_label_delay_hours: {DefaultLabelDelayHours} is outside 0..8760.");
        if (NotifyWithinHours is < 1 or > 8_760)
            errors.Add($"alerting.notify_within_hours: {NotifyWithinHours} is outside 1..8760.");
        for (var i = 0; i < Rules.Count; i++)
        {
            if (string.IsNullOrEmpty(Rules[i].Model))
                errors.Add($"alerting.rules[{i}].model: the name of a model, or \"*\" for every model.");
            if (Rules[i].Rule is not { } rule)
            {
                errors.Add($"alerting.rules[{i}].rule: needed.");
                continue;
            }

            foreach (var error in RuleCheck.CheckAlone(rule))
                errors.Add($"alerting.rules[{i}].rule.{error.Field}: {error.Reason}");
        }
    }
}

/// <summary>A rule of the configuration file.</summary>
public sealed record FileRule
{
    /// <summary>Name of the model, or <c>*</c> for every model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The rule, as <c>PUT /v1/models/{model}/rules/{rule}</c> takes it, with its name.</summary>
    public Rule? Rule { get; init; }
}

using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules;

/// <summary>Whether a rule can be judged for a model, with every violation by field.</summary>
public static class RuleCheck
{
    private const int MaxWindows = 100;
    private const int MaxFeatures = 100;

    /// <summary>Empty when the rule is fine.</summary>
    public static IReadOnlyList<FieldError> Check(Rule rule, ModelDefinition model)
    {
        var errors = new List<FieldError>(CheckAlone(rule));
        if (!string.IsNullOrEmpty(rule.Metric) && KnownMetrics.Find(rule.Metric) is null)
            errors.Add(new("metric", $"There is no metric '{Problems.Shorten(rule.Metric)}'. GET /v1/metrics-catalogue lists them."));
        else if (rule.Kind?.OnlyMetric is { } only && rule.Metric != only)
            errors.Add(new("metric", $"A rule of kind {rule.Kind} watches \"{only}\"."));
        CheckScope(rule, model, errors);
        if (rule.Window is { } window && window != model.Window && !CoarseWindows.Above(model.Window).Contains(window))
        {
            errors.Add(
                new(
                    "window",
                    "Kept for this model are "
                        + $"{string.Join(", ", CoarseWindows.Above(model.Window).Prepend(model.Window).Select(DurationText.Format))}."
                )
            );
        }

        return errors;
    }

    /// <summary>What is wrong with a rule whatever the model.</summary>
    public static IReadOnlyList<FieldError> CheckAlone(Rule rule)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrEmpty(rule.Name) || ModelNames.CheckModel(rule.Name) is not null)
            errors.Add(new("name", "1..128 letters, digits, dots, underscores and hyphens."));
        if (string.IsNullOrEmpty(rule.Metric))
            errors.Add(new("metric", "The name of a metric, such as \"performance.accuracy\"; GET /v1/metrics-catalogue lists them."));
        CheckCondition(rule, errors);
        if (rule.OfWindows is < 1 or > MaxWindows)
            errors.Add(new("of_windows", $"1 to {MaxWindows}."));
        if (rule.ForWindows < 1 || rule.ForWindows > rule.OfWindows)
            errors.Add(new("for_windows", "1 to of_windows: so many of the last of_windows must be suspicious."));
        if (rule.MinimumN is < 0 or > 1_000_000_000)
            errors.Add(new("minimum_n", "0 to 1,000,000,000 rows."));
        if (rule.EffectFloor is { } floor && !(floor >= 0 && double.IsFinite(floor)))
            errors.Add(new("effect_floor", "A number of at least 0."));
        return errors;
    }

    private static void CheckScope(Rule rule, ModelDefinition model, List<FieldError> errors)
    {
        if (rule.Features is { } features)
        {
            if (features.Count is 0 or > MaxFeatures)
                errors.Add(new("features", $"1 to {MaxFeatures} names, or none at all for every feature."));
            foreach (
                var feature in features.Where(feature =>
                    string.IsNullOrEmpty(feature) || (feature[0] != '@' && model.FindFeature(feature) is null)
                )
            )
            {
                errors.Add(new("features", $"The model has no feature '{Problems.Shorten(feature ?? "")}'."));
            }
        }

        if (rule.Segment is null)
        {
            errors.Add(new("segment", "\"\", \"country=FR\", \"country=*\", \"=*\" or \"*\"."));
        }
        else if (rule.Segment.Length > 0 && rule.Segment is not ("*" or "=*") && !model.SegmentKeys.Contains(rule.Segment.Split('=')[0]))
        {
            errors.Add(
                new(
                    "segment",
                    $"'{Problems.Shorten(rule.Segment)}' is not of a declared segment; declared are: "
                        + $"{(model.SegmentKeys.IsEmpty ? "none" : string.Join(", ", model.SegmentKeys.Distinct()))}."
                )
            );
        }

        if (rule.Version is null)
            errors.Add(new("version", "\"\" for all together, a version, or \"*\" for each."));
    }

    private static void CheckCondition(Rule rule, List<FieldError> errors)
    {
        // A rule of the configuration file may have none.
        if (rule.Kind is not { } kind)
        {
            errors.Add(new("kind", $"One of {string.Join(", ", RuleKind.All)}."));
            return;
        }

        if (kind.Has(RuleSettings.Value) && !(rule.Value is { } value && double.IsFinite(value)))
            errors.Add(new("value", $"A rule of kind {kind} needs a number."));
        if (!kind.Has(RuleSettings.Value) && rule.Value is not null)
            errors.Add(new("value", $"A rule of kind {kind} takes no number: it learns what is normal."));
        if (kind.Has(RuleSettings.AboveOrBelow) && rule.Direction is not (RuleDirection.Above or RuleDirection.Below))
            errors.Add(new("direction", "\"above\" or \"below\"."));
        if (!kind.Has(RuleSettings.ThanVersion) && rule.ThanVersion is not null)
            errors.Add(new("than_version", $"A rule of kind {kind} does not compare versions."));
        if (!kind.Has(RuleSettings.Relative) && rule.Relative)
            errors.Add(new("relative", $"A rule of kind {kind} is not relative."));
        errors.AddRange(kind.Check(rule));
    }
}

using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Rules;

/// <summary>
/// The rules that every model has without a word of configuration, for all four layers. They are made from the model's declaration at each
/// look, not stored: a better default reaches every model with the next release. A stored rule of the same name replaces one.
/// </summary>
public static class DefaultRules
{
    /// <summary>The defaults of a model, in the order of the layers.</summary>
    public static IEnumerable<Rule> For(ModelDefinition model)
    {
        yield return Make("no-predictions", AbsenceRule.Kind, InputMetrics.Rows) with
        {
            ForWindows = 3,
            OfWindows = 3,
            MinimumN = 0,
            Severity = AlertSeverity.Critical,
        };
        yield return Make("errors", AnomalyRule.Kind, SystemMetrics.ErrorRate);
        // The errors of a canary hardly move those of all rows.
        yield return Make("errors-by-version", VersionsRule.Kind, SystemMetrics.ErrorRate) with
        {
            Version = "*",
            Direction = RuleDirection.Above,
            ForWindows = 2,
            OfWindows = 3,
        };
        yield return Make("timeouts", AnomalyRule.Kind, SystemMetrics.TimeoutRate);
        yield return Make("latency", AnomalyRule.Kind, SystemMetrics.LatencyP95);
        yield return Make("feature-drift", AnomalyRule.Kind, CalibratedDriftMetrics.Calibrated) with
        {
            Segment = model.Segments.IsEmpty ? "" : "*",
        };
        yield return Make("missing-values", AnomalyRule.Kind, InputMetrics.MissingRate);
        // What is broken from the first hour is what an anomaly rule learns as normal: so these limits too. Beyond them there is no doubt,
        // and one window is enough.
        yield return AtOnce("failing", SystemMetrics.ErrorRate, 0.2);
        yield return AtOnce("missing-against-reference", InputMetrics.MissingOverReference, 0.5);
        yield return AtOnce("out-of-range", InputMetrics.OutOfRangeRate, 0.5);
        yield return AtOnce("unseen-against-reference", InputMetrics.UnseenRate, 0.5);
        yield return Make("unseen-values", AnomalyRule.Kind, InputMetrics.UnseenRate);
        yield return Make("type-errors", ThresholdRule.Kind, InputMetrics.TypeErrorRate) with
        {
            Direction = RuleDirection.Above,
            Value = 0.001,
            Severity = AlertSeverity.Warning,
        };
        // Performance of rows whose ground truth comes late is not known, or known of a part that may be unlike the rest.
        if (model.LabelDelay is not null)
            yield return Make("late-ground-truth", AnomalyRule.Kind, PerformanceMetrics.LabelledInTime);
        foreach (var rule in OfAnswers(model))
            yield return rule;
        foreach (var metric in MainMetrics(model.Task))
        {
            yield return Make($"{metric}", AnomalyRule.Kind, PerformanceMetrics.Of(metric));
            // A segment has few labelled rows in an hour, and enough in a day.
            if (!model.SegmentKeys.IsEmpty)
            {
                yield return Make($"{metric}-by-segment", AnomalyRule.Kind, PerformanceMetrics.Of(metric)) with
                {
                    Segment = "=*",
                    Window = TimeSpan.FromDays(1),
                };
            }

            yield return Make($"estimated-{metric}", AnomalyRule.Kind, EstimatedMetrics.Of(metric));
        }
    }

    private static IEnumerable<Rule> OfAnswers(ModelDefinition model)
    {
        if (model.Task == ModelTask.Regression)
        {
            yield return Make("answers", AnomalyRule.Kind, OutputMetrics.Mean);
        }
        else
        {
            // The two shares of a binary model are one number.
            yield return Make("answers", AnomalyRule.Kind, OutputMetrics.Share) with
            {
                Class = model.EffectivePositiveClass,
            };
            yield return Make("confidence", AnomalyRule.Kind, OutputMetrics.Confidence);
        }
    }

    /// <summary>The metric by which people tell whether a model of a task is good.</summary>
    public static IEnumerable<string> MainMetrics(ModelTask task) =>
        task switch
        {
            ModelTask.Binary => ["roc_auc", "accuracy"],
            ModelTask.Multiclass => ["accuracy"],
            _ => ["mae"],
        };

    // Whoever has few rows has wide intervals, and the whole interval must be beyond the limit.
    private static Rule AtOnce(string name, string metric, double limit) =>
        Make(name, ThresholdRule.Kind, metric) with
        {
            Direction = RuleDirection.Above,
            Value = limit,
            Severity = AlertSeverity.Warning,
            ForWindows = 1,
            OfWindows = 1,
        };

    private static Rule Make(string name, RuleKind kind, string metric) =>
        new()
        {
            Name = name,
            Source = RuleSource.Default,
            Kind = kind,
            Metric = metric,
        };
}

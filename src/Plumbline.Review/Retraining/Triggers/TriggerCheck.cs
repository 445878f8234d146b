using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Runs;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>Checks a trigger.</summary>
public sealed class TriggerCheck(RunAsking asking)
{
    private const int MostAnswers = 10_000_000;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(365);

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public async Task<IReadOnlyList<FieldError>> CheckAsync(
        ModelDefinition model,
        RetrainingTrigger trigger,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trigger);
        var errors = new List<FieldError>();
        if (trigger.Name is not { Length: >= 1 and <= 64 } name || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            errors.Add(new("name", "1 to 64 characters of A-Z a-z 0-9 . _ - are needed."));
        errors.AddRange(await asking.CheckAsync(model, new RunWish(trigger.Target ?? "", trigger.Dataset, "", ""), cancellation));
        CheckConditions(model, trigger.When ?? new(), errors);
        if (trigger.CoolDown < ShortestPause || trigger.CoolDown > LongestPause)
            errors.Add(new("cool_down", $"{DurationText.Format(trigger.CoolDown)} is outside 1m..365d."));
        Range(errors, "max_per_day", trigger.MaxPerDay, 1, 100);
        Range(errors, "minimum_new_labels", trigger.MinimumNewLabels, 0, MostAnswers);
        return errors;
    }

    private static void CheckConditions(ModelDefinition model, TriggerConditions when, List<FieldError> errors)
    {
        if (when is { NewAnswers: null, Performance: null, Schedule: null })
            errors.Add(new("when", "one of new_answers, performance and schedule is needed."));
        if (when.NewAnswers is { } answers)
            Range(errors, "when.new_answers", answers, 1, MostAnswers);
        if (when.Schedule is { } schedule && TriggerSchedules.Check(schedule) is { } reason)
            errors.Add(new("when.schedule", reason));
        if (when.Performance is not { } performance)
            return;
        var known = Metrics(model).ToList();
        if (!known.Contains(performance.Metric, StringComparer.Ordinal))
            errors.Add(new("when.performance.metric", $"one of {string.Join(", ", known)}."));
        if (performance.Below is null && performance.Above is null)
            errors.Add(new("when.performance.below", "below or above is needed."));
        Range(errors, "when.performance.windows", performance.Windows, 1, 100);
        if (performance.Window != model.Window && !CoarseWindows.Above(model.Window).Contains(performance.Window))
        {
            var lengths = CoarseWindows.Above(model.Window).Prepend(model.Window).Select(DurationText.Format);
            errors.Add(new("when.performance.window", $"one of {string.Join(", ", lengths)}."));
        }
    }

    /// <summary>Metrics that a trigger of a model can fire by.</summary>
    public static IEnumerable<string> Metrics(ModelDefinition model) =>
        KnownMetrics
            .All.Where(metric =>
                metric.AppliesTo(model)
                && (
                    metric.Name.StartsWith("performance.", StringComparison.Ordinal)
                    || metric.Name.StartsWith("estimated.", StringComparison.Ordinal)
                )
            )
            .Select(metric => metric.Name);

    private static void Range(List<FieldError> errors, string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            errors.Add(new(field, $"{Figures.Format(value)} is outside {Figures.Format(least)}..{Figures.Format(most)}."));
    }
}

using System.Globalization;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>A trigger as somebody writes it: texts, which may be wrong.</summary>
internal sealed class TriggerDraft(RetrainingTrigger present)
{
    public string Name { get; set; } = present.Name;

    public bool Enabled { get; set; } = present.Enabled;

    public string Dataset { get; set; } = present.Dataset ?? "";

    public string Target { get; set; } = present.Target;

    public string NewAnswers { get; set; } = Text(present.When.NewAnswers);

    public string Metric { get; set; } = present.When.Performance?.Metric ?? "";

    public string Below { get; set; } = Text(present.When.Performance?.Below);

    public string Above { get; set; } = Text(present.When.Performance?.Above);

    public string Windows { get; set; } = Text(present.When.Performance?.Windows ?? new PerformanceCondition().Windows);

    public string Window { get; set; } = DurationText.Format(present.When.Performance?.Window ?? new PerformanceCondition().Window);

    public string Schedule { get; set; } = present.When.Schedule ?? "";

    public string CoolDown { get; set; } = DurationText.Format(present.CoolDown);

    public string MaxPerDay { get; set; } = Text(present.MaxPerDay);

    public string MinimumNewLabels { get; set; } = Text(present.MinimumNewLabels);

    public bool Approval { get; set; } = present.Approval;

    /// <summary>The trigger, or what cannot be read.</summary>
    public (RetrainingTrigger? Trigger, IReadOnlyList<FieldError> Errors) Read()
    {
        var errors = new List<FieldError>();
        var performance =
            Metric.Length == 0
                ? null
                : new PerformanceCondition
                {
                    Metric = Metric,
                    Below = Number(Below, "when.performance.below", errors),
                    Above = Number(Above, "when.performance.above", errors),
                    Windows = Count(Windows, "when.performance.windows", errors) ?? 0,
                    Window = Duration(Window, "when.performance.window", errors),
                };
        var trigger = new RetrainingTrigger
        {
            Name = Name.Trim(),
            Enabled = Enabled,
            Dataset = Dataset.Length == 0 ? null : Dataset,
            Target = Target,
            When = new TriggerConditions
            {
                NewAnswers = Count(NewAnswers, "when.new_answers", errors),
                Performance = performance,
                Schedule = Schedule.Trim().Length == 0 ? null : Schedule.Trim(),
            },
            CoolDown = Duration(CoolDown, "cool_down", errors),
            MaxPerDay = Count(MaxPerDay, "max_per_day", errors) ?? 0,
            MinimumNewLabels = Count(MinimumNewLabels, "minimum_new_labels", errors) ?? 0,
            Approval = Approval,
        };
        return errors.Count > 0 ? (null, errors) : (trigger, errors);
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static double? Number(string text, string field, List<FieldError> errors)
    {
        if (text.Trim().Length == 0)
            return null;
        if (double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        errors.Add(new(field, "A number is needed."));
        return null;
    }

    private static int? Count(string text, string field, List<FieldError> errors)
    {
        if (text.Trim().Length == 0)
            return null;
        if (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Add(new(field, "A whole number is needed."));
        return null;
    }

    private static TimeSpan Duration(string text, string field, List<FieldError> errors)
    {
        if (!DurationText.TryParse(text.Trim(), out var duration))
            errors.Add(new(field, "A duration such as 12h or 1d is needed."));
        return duration;
    }
}

using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>Words about retraining.</summary>
internal static class RetrainingWords
{
    /// <summary>What a trigger fires by.</summary>
    public static string Conditions(RetrainingTrigger trigger)
    {
        var (when, words) = (trigger.When, new List<string>());
        if (when.NewAnswers is { } answers)
            words.Add($"{Figures.Count(answers)} new answers");
        if (when.Performance is { } performance)
        {
            var bound = performance.Below is { } below
                ? $"below {Figures.Format(below)}"
                : $"above {Figures.Format(performance.Above ?? 0)}";
            var title = KnownMetrics.Of(performance.Metric).Title;
            words.Add($"{title} {bound} for {performance.Windows} windows of {DurationText.Format(performance.Window)}");
        }

        if (when.Schedule is { } schedule)
            words.Add($"the schedule {schedule}");
        return string.Join(", or ", words);
    }

    /// <summary>The data set of a run with its version; empty for none.</summary>
    public static string Dataset(RetrainingRunRow run) =>
        run.Dataset is null ? ""
        : run.DatasetVersion is { } version ? $"{run.Dataset} {Figures.Count(version)}"
        : run.Dataset;

    /// <summary>The state of a run in words.</summary>
    public static string State(RetrainingRunRow run) =>
        run.StateIs switch
        {
            RunState.Requested when run.NeedsApproval => "waits for somebody's word",
            RunState.Requested => "asked for",
            RunState.Building => "its data set is being made",
            RunState.Sending when run.Attempts > 0 => $"not taken yet, attempt {Figures.Count(run.Attempts)}",
            RunState.Sending => "being sent",
            var state => state.Word(),
        };
}

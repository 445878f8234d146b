using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Answers;

/// <summary>How far somebody has come today.</summary>
/// <param name="Answered">Tasks that they have answered since midnight (UTC).</param>
/// <param name="MedianSeconds">Median of the seconds that those were on the screen; null when never said.</param>
/// <param name="Open">Open tasks of the model, whoever may answer them; <see cref="TaskQueue.MostCounted"/> stands for "or
/// more".</param>
public sealed record Progress(int Answered, double? MedianSeconds, int Open);

/// <summary>How well somebody's answers agree with what tasks came to.</summary>
/// <param name="Annotator">Who.</param>
/// <param name="IsRobot">True for a script.</param>
/// <param name="Answers">Values that they gave in the period.</param>
/// <param name="MedianSeconds">Median of the seconds that tasks were on the screen; null when never said.</param>
/// <param name="Agreed">Of <paramref name="Compared"/>, how many are what the task came to.</param>
/// <param name="Compared">Answers to tasks of several annotators that came to something.</param>
/// <param name="GoldRight">Of <paramref name="Gold"/>, how many were right.</param>
/// <param name="Gold">Answers to tasks whose answer was known.</param>
public sealed record AnnotatorRecord(
    string Annotator,
    bool IsRobot,
    int Answers,
    double? MedianSeconds,
    int Agreed,
    int Compared,
    int GoldRight,
    int Gold
);

/// <summary>What annotators have done.</summary>
public sealed class AnnotatorProgress(IDbContextFactory<StateDbContext> state, TimeProvider time)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>How far somebody has come with a model today.</summary>
    public async Task<Progress> TodayAsync(ModelDefinition model, string annotator, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var midnight = new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var seconds = await db
            .ReviewAnswers.Where(row =>
                row.ModelId == model.Id
                && row.AtMs >= midnight
                && row.Annotator == annotator
                && row.WithdrawnAtMs == null
                && row.Kind != (int)AnswerKind.Skip
            )
            .Select(row => row.Seconds)
            .ToListAsync(cancellation);
        var open = await db
            .ReviewTasks.Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Open)
            .OrderBy(task => task.Rank)
            .Take(TaskQueue.MostCounted)
            .CountAsync(cancellation);
        return new Progress(seconds.Count, Median(seconds), open);
    }

    /// <summary>What each annotator of a model has done in the last days, the busiest first.</summary>
    public async Task<IReadOnlyList<AnnotatorRecord>> OfAsync(ModelDefinition model, int days, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var since = (time.GetUtcNow() - days * Day).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var tasks = db.ReviewTasks;
        var rows = await db.ValuesGiven(model.Id, since)
            .Join(
                tasks,
                answer => answer.TaskId,
                task => task.Id,
                (answer, task) =>
                    new
                    {
                        answer.Annotator,
                        answer.IsRobot,
                        answer.Value,
                        answer.Seconds,
                        task.Resolved,
                        task.Wanted,
                        task.Gold,
                    }
            )
            .ToListAsync(cancellation);
        return
        [
            .. rows.GroupBy(row => row.Annotator)
                .Select(group => new AnnotatorRecord(
                    group.Key,
                    group.Any(row => row.IsRobot),
                    group.Count(),
                    Median([.. group.Select(row => row.Seconds)]),
                    group.Count(row => row.Wanted > 1 && row.Resolved == row.Value),
                    group.Count(row => row.Wanted > 1 && row.Resolved is not null),
                    group.Count(row => row.Gold is not null && row.Gold == row.Value),
                    group.Count(row => row.Gold is not null)
                ))
                .OrderByDescending(record => record.Answers)
                .ThenBy(record => record.Annotator, StringComparer.Ordinal),
        ];
    }

    private static double? Median(List<double?> values)
    {
        var known = values.OfType<double>().Order().ToList();
        return known.Count == 0 ? null : known[known.Count / 2];
    }
}

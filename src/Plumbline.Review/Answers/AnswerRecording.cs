using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Answers;

/// <summary>
/// Takes answers. What one comes to - done, disputed, broken - is decided in the transaction that stores it, so that a server that dies has
/// either both or neither, and whoever was told "taken" is in the file.
/// </summary>
public sealed class AnswerRecording(IDbContextFactory<StateDbContext> state, TaskQueue queue, TaskReader reader, TimeProvider time)
{
    /// <summary>Raised after a task was resolved, or opened again.</summary>
    public event Action? Resolved;

    /// <summary>What is wrong with an answer to a task of a model, by field; empty when nothing is.</summary>
    public static IReadOnlyList<FieldError> Check(ReviewAnswer answer, ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(model);
        var errors = new List<FieldError>();
        if (answer.Kind != AnswerKind.Value && !string.IsNullOrEmpty(answer.Value))
            errors.Add(new("value", "Only an answer of the kind value has one."));
        if (answer.Kind == AnswerKind.Value && WrongValue(answer.Value, model) is { } reason)
            errors.Add(new("value", reason));
        if (answer.Sure is not (null or (>= 0 and <= 1)))
            errors.Add(new("sure", "0 to 1."));
        if (answer.Note?.Length > ReviewAnswer.MaxNote)
            errors.Add(new("note", $"At most {ReviewAnswer.MaxNote} characters."));
        if (answer.Seconds is not (null or (>= 0 and <= 86_400)))
            errors.Add(new("seconds", "0 to 86400."));
        return errors;
    }

    /// <summary>Records an answer, which <see cref="Check"/> has found nothing wrong with.</summary>
    public async Task<AnswerResult> AnswerAsync(
        Actor actor,
        ModelDefinition model,
        long taskId,
        ReviewAnswer answer,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(answer);
        if (await queue.FindAsync(actor, taskId, cancellation) is not { } found || found.ModelId != model.Id)
            return new(AnswerOutcome.UnknownTask, null, $"There is no task {taskId} for you.");
        if (!await reader.IsStoredAsync(model, found, cancellation))
            return new(AnswerOutcome.Gone, found, "The prediction has been deleted meanwhile: nothing can be said about it any more.");
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var task = await db.ReviewTasks.FirstAsync(row => row.Id == taskId, cancellation);
        var value = ValueOf(answer, model);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await InTheWayAsync(db, actor, task, (answer.Kind, value), now, cancellation) is { } result)
            return result;
        var isOpen = IsOpen(task);
        db.ReviewAnswers.Add(RowOf(actor, task, answer, value, now));
        if (task.LockedBy == actor.Name)
            (task.LockedBy, task.LockedUntilMs) = (null, 0);
        await db.SaveChangesAsync(cancellation);
        if (isOpen)
            await ResolveAsync(db, task, now, cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        Resolved?.Invoke();
        return isOpen
            ? new(AnswerOutcome.Taken, task)
            : new(AnswerOutcome.Late, task, "The task was decided meanwhile. Your answer is kept beside the others and changes nothing.");
    }

    /// <summary>Decides a task that annotators disagree about.</summary>
    public async Task<AnswerResult> DecideAsync(
        Actor actor,
        ModelDefinition model,
        long taskId,
        ReviewAnswer answer,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(answer);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var task = await db.ReviewTasks.FirstOrDefaultAsync(row => row.Id == taskId && row.ModelId == model.Id, cancellation);
        if (task is null)
            return new(AnswerOutcome.UnknownTask, null, $"There is no task {taskId} of this model.");
        if (task.State == (int)TaskState.Open || answer.Kind is AnswerKind.Skip or AnswerKind.NotMyExpertise)
            return new(AnswerOutcome.Nothing, task, "Only a task that annotators have answered is decided, by a value or as broken.");
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var row = RowOf(actor, task, answer, ValueOf(answer, model), now);
        row.IsDecision = true;
        db.ReviewAnswers.Add(row);
        Settle(task, answer.Kind, row.Value, now);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        Resolved?.Invoke();
        return new(AnswerOutcome.Taken, task);
    }

    /// <summary>
    /// Takes this annotator's answer back; the task is open again where it is needed. Ground truth that has been given on stays until the
    /// next answer supersedes it.
    /// </summary>
    public async Task<AnswerResult> WithdrawAsync(Actor actor, long taskId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (await queue.FindAsync(actor, taskId, cancellation) is null)
            return new(AnswerOutcome.UnknownTask, null, $"There is no task {taskId} for you.");
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var task = await db.ReviewTasks.FirstAsync(row => row.Id == taskId, cancellation);
        var mine = await db.ReviewAnswers.FirstOrDefaultAsync(
            row => row.TaskId == taskId && row.Annotator == actor.Name && row.WithdrawnAtMs == null,
            cancellation
        );
        if (mine is null)
            return new(AnswerOutcome.Nothing, task, "You have not answered this task.");
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        mine.WithdrawnAtMs = now;
        await db.SaveChangesAsync(cancellation);
        var before = (task.State, task.Resolved, task.ResolvedAtMs, task.DeliveredAtMs);
        var isDecided = await db.ReviewAnswers.AnyAsync(
            row => row.TaskId == taskId && row.IsDecision && row.WithdrawnAtMs == null,
            cancellation
        );
        if (!isDecided)
        {
            (task.State, task.Resolved, task.ResolvedAtMs, task.DeliveredAtMs) = ((int)TaskState.Open, null, null, null);
            await ResolveAsync(db, task, now, cancellation);
        }

        // One of several votes: what they come to may be the same without it.
        if (task.State == before.State && task.Resolved == before.Resolved)
            (task.ResolvedAtMs, task.DeliveredAtMs) = (before.ResolvedAtMs, before.DeliveredAtMs);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        Resolved?.Invoke();
        return new(
            AnswerOutcome.Taken,
            task,
            before.DeliveredAtMs is not null && task.DeliveredAtMs is null
                ? "Its ground truth had been given on and counts until the next answer supersedes it."
                : ""
        );
    }

    // What this annotator has said already, or who else has the task; null when nothing is in the way.
    private static async Task<AnswerResult?> InTheWayAsync(
        StateDbContext db,
        Actor actor,
        ReviewTaskRow task,
        (AnswerKind Kind, string Value) answer,
        long now,
        CancellationToken cancellation
    )
    {
        var mine = await db.ReviewAnswers.FirstOrDefaultAsync(
            row => row.TaskId == task.Id && row.Annotator == actor.Name && row.WithdrawnAtMs == null && !row.IsDecision,
            cancellation
        );
        if (mine is not null)
        {
            return mine.Kind == (int)answer.Kind && mine.Value == answer.Value
                ? new(AnswerOutcome.Repeated, task)
                : new(AnswerOutcome.Answered, task, $"You have answered '{Said(mine)}' already; take that back first.");
        }

        return IsOpen(task) && task.LockedBy is { } other && other != actor.Name && task.LockedUntilMs > now
            ? new(AnswerOutcome.Locked, task, $"{other} has the task on the screen: your time for it was over. Take the next one.")
            : null;
    }

    // One that expired unanswered is worth an answer still.
    private static bool IsOpen(ReviewTaskRow task) => task.State is (int)TaskState.Open or (int)TaskState.Expired;

    // The votes that count now, and what they come to.
    private static async Task ResolveAsync(StateDbContext db, ReviewTaskRow task, long now, CancellationToken cancellation)
    {
        var votes = await db
            .ReviewAnswers.Where(row =>
                row.TaskId == task.Id
                && row.WithdrawnAtMs == null
                && !row.IsDecision
                && (row.Kind == (int)AnswerKind.Value || row.Kind == (int)AnswerKind.Broken)
            )
            .Select(row => new { row.Kind, row.Value })
            .ToListAsync(cancellation);
        if (votes.Count < task.Wanted)
            return;
        var ranked = votes.GroupBy(vote => vote).OrderByDescending(group => group.Count()).ToList();
        if (ranked.Count > 1 && ranked[0].Count() == ranked[1].Count())
        {
            (task.State, task.Resolved, task.ResolvedAtMs) = ((int)TaskState.Disputed, null, now);
            return;
        }

        Settle(task, (AnswerKind)ranked[0].Key.Kind, ranked[0].Key.Value, now);
    }

    private static void Settle(ReviewTaskRow task, AnswerKind kind, string value, long now) =>
        (task.State, task.Resolved, task.ResolvedAtMs, task.DeliveredAtMs) =
            kind == AnswerKind.Broken ? ((int)TaskState.Broken, (string?)null, now, (long?)null) : ((int)TaskState.Done, value, now, null);

    private static ReviewAnswerRow RowOf(Actor actor, ReviewTaskRow task, ReviewAnswer answer, string value, long now) =>
        new()
        {
            TaskId = task.Id,
            ModelId = task.ModelId,
            Annotator = actor.Name,
            IsRobot = answer.Robot,
            Kind = (int)answer.Kind,
            Value = value,
            Sure = answer.Sure,
            Note = answer.Note ?? "",
            IsFlagged = answer.Flag,
            Seconds = answer.Seconds,
            AtMs = now,
        };

    private static string? WrongValue(string? value, ModelDefinition model)
    {
        if (string.IsNullOrEmpty(value))
            return "A value is needed.";
        if (model.Task == ModelTask.Regression)
        {
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? null
                : $"'{Problems.Shorten(value)}' is not a number.";
        }

        return model.Classes.Contains(model.ClassOf(value))
            ? null
            : $"'{Problems.Shorten(value)}' is none of the model's classes: {Problems.Shorten(string.Join(", ", model.Classes), 500)}.";
    }

    private static string ValueOf(ReviewAnswer answer, ModelDefinition model) =>
        answer.Kind != AnswerKind.Value ? ""
        : model.Task == ModelTask.Regression
            ? double.Parse(answer.Value!, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)
        : model.ClassOf(answer.Value!);

    private static string Said(ReviewAnswerRow answer) =>
        (AnswerKind)answer.Kind switch
        {
            AnswerKind.Value => answer.Value,
            AnswerKind.Broken => "the input is broken",
            AnswerKind.NotMyExpertise => "not my expertise",
            _ => "skip",
        };
}

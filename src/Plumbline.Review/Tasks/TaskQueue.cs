using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Review.Tasks;

/// <summary>
/// Gives tasks to people: each one that nobody else has on the screen. Who takes a task and that it is taken are one transaction, and those
/// come one after the other, so that two never get the same.
/// </summary>
public sealed class TaskQueue(IDbContextFactory<StateDbContext> state, ModelCatalog models, ReviewOptions options, TimeProvider time)
{
    /// <summary>Most tasks of one page.</summary>
    public const int MaxPage = 500;

    /// <summary>
    /// The next task for somebody, kept from others for <see cref="ReviewOptions.LockMinutes"/>; null when there is none.
    /// </summary>
    /// <param name="actor">Who.</param>
    /// <param name="model">Of one model; null for any that the actor may review.</param>
    /// <param name="after">A task that was on the screen before and is let go; null for none.</param>
    /// <param name="cancellation">Stops it; nothing is taken then.</param>
    public async Task<ReviewTaskRow?> NextAsync(Actor actor, ModelDefinition? model, long? after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var ids = Allowed(actor, model);
        var (now, until) = Times();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (after is { } former)
            await LetGoAsync(db, actor, former, cancellation);
        ReviewTaskRow? best = null;
        // One model after the other: each is one step into the index that keeps its tasks in order.
        foreach (var id in ids)
        {
            var found = await Free(db, actor.Name, now)
                .Where(task => task.ModelId == id)
                .OrderByDescending(task => task.Rank)
                .ThenBy(task => task.Id)
                .FirstOrDefaultAsync(cancellation);
            if (found is not null && (best is null || found.Rank > best.Rank))
                best = found;
        }

        if (best is null)
        {
            await transaction.CommitAsync(cancellation);
            return null;
        }

        (best.LockedBy, best.LockedUntilMs) = (actor.Name, until);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return best;
    }

    /// <summary>Keeps a task for whoever has it a while longer; false when somebody else has it, or it is not open any more.</summary>
    public async Task<bool> KeepAsync(Actor actor, long taskId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var (now, until) = Times();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
                .ReviewTasks.Where(task =>
                    task.Id == taskId
                    && task.State == (int)TaskState.Open
                    && (task.LockedBy == null || task.LockedBy == actor.Name || task.LockedUntilMs <= now)
                )
                .ExecuteUpdateAsync(
                    set => set.SetProperty(task => task.LockedBy, actor.Name).SetProperty(task => task.LockedUntilMs, until),
                    cancellation
                ) > 0;
    }

    /// <summary>Lets others have a task again.</summary>
    public async Task ReleaseAsync(Actor actor, long taskId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await LetGoAsync(db, actor, taskId, cancellation);
    }

    /// <summary>One task; null when there is none of that number, or it is of a model that the actor may not review.</summary>
    public async Task<ReviewTaskRow?> FindAsync(Actor actor, long taskId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var task = await db.ReviewTasks.AsNoTracking().FirstOrDefaultAsync(task => task.Id == taskId, cancellation);
        return task is not null && Allowed(actor, null).Contains(task.ModelId) ? task : null;
    }

    /// <summary>A page of a model's tasks in a state, the first of the queue first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">State of the tasks.</param>
    /// <param name="after">Rank and number of the last task of the page before; null for the first page.</param>
    /// <param name="limit">1..<see cref="MaxPage"/>.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<IReadOnlyList<ReviewTaskRow>> PageAsync(
        ModelDefinition model,
        TaskState wanted,
        (double Rank, long Id)? after,
        int limit,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var tasks = db.ReviewTasks.AsNoTracking().Where(task => task.ModelId == model.Id && task.State == (int)wanted);
        if (after is { } last)
            tasks = tasks.Where(task => task.Rank < last.Rank || (task.Rank == last.Rank && task.Id > last.Id));
        return await tasks
            .OrderByDescending(task => task.Rank)
            .ThenBy(task => task.Id)
            .Take(Math.Clamp(limit, 1, MaxPage))
            .ToListAsync(cancellation);
    }

    /// <summary>How many tasks of a model are in each state.</summary>
    public async Task<IReadOnlyDictionary<TaskState, int>> CountsAsync(ModelDefinition model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
            .ReviewTasks.Where(task => task.ModelId == model.Id)
            .GroupBy(task => task.State)
            .Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => (TaskState)group.Key, group => group.Count, cancellation);
    }

    /// <summary>How many tasks are in each state, by model.</summary>
    public async Task<IReadOnlyDictionary<int, IReadOnlyDictionary<TaskState, int>>> CountsAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var counts = await db
            .ReviewTasks.GroupBy(task => new { task.ModelId, task.State })
            .Select(group => new
            {
                group.Key.ModelId,
                group.Key.State,
                Count = group.Count(),
            })
            .ToListAsync(cancellation);
        return counts
            .GroupBy(row => row.ModelId)
            .ToDictionary(
                group => group.Key,
                group => (IReadOnlyDictionary<TaskState, int>)group.ToDictionary(row => (TaskState)row.State, row => row.Count)
            );
    }

    /// <summary>Open tasks that the actor may have not answered; a gold one cannot be told from another.</summary>
    private static IQueryable<ReviewTaskRow> Free(StateDbContext db, string who, long now)
    {
        var answers = db.ReviewAnswers;
        return db.ReviewTasks.Where(task =>
            task.State == (int)TaskState.Open
            && (task.LockedBy == null || task.LockedBy == who || task.LockedUntilMs <= now)
            && !answers.Any(answer => answer.TaskId == task.Id && answer.Annotator == who && answer.WithdrawnAtMs == null)
        );
    }

    private static Task LetGoAsync(StateDbContext db, Actor actor, long taskId, CancellationToken cancellation) =>
        db
            .ReviewTasks.Where(task => task.Id == taskId && task.LockedBy == actor.Name)
            .ExecuteUpdateAsync(
                set => set.SetProperty(task => task.LockedBy, (string?)null).SetProperty(task => task.LockedUntilMs, 0),
                cancellation
            );

    private List<int> Allowed(Actor actor, ModelDefinition? model) =>
        [
            .. models
                .All.Where(known => (model is null || known.Id == model.Id) && actor.May(ReviewCommands.Answer.Needs, known.Name))
                .Select(known => known.Id),
        ];

    private (long Now, long Until) Times()
    {
        var now = time.GetUtcNow();
        return (now.ToUnixTimeMilliseconds(), (now + options.Lock).ToUnixTimeMilliseconds());
    }
}

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
    /// Tasks of a model and state that are counted; as many stand for "or more". What has been answered stays, and a count of all of it
    /// would take longer every day.
    /// </summary>
    public const int MostCounted = 100_000;

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
            var free = Free(db, actor.Name, now).Where(task => task.ModelId == id);
            // The rank first: tasks without scores all have one, and to sort those by their numbers would read every one of them.
            var highest = await free.OrderByDescending(task => task.Rank)
                .Select(task => (double?)task.Rank)
                .FirstOrDefaultAsync(cancellation);
            if (highest is { } rank && (best is null || rank > best.Rank))
                best = await free.Where(task => task.Rank == rank).OrderBy(task => task.Id).FirstOrDefaultAsync(cancellation) ?? best;
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
        limit = Math.Clamp(limit, 1, MaxPage);
        List<ReviewTaskRow> page = [];
        if (after is { } last)
        {
            page = await tasks
                .Where(task => task.Rank == last.Rank && task.Id > last.Id)
                .OrderBy(task => task.Id)
                .Take(limit)
                .ToListAsync(cancellation);
            tasks = tasks.Where(task => task.Rank < last.Rank);
        }

        if (page.Count < limit)
            page.AddRange(await FirstOfAsync(tasks, limit - page.Count, cancellation));
        return page;
    }

    // However many have the same rank, no more are read than are shown: those of the last rank apart, in the order of their numbers.
    private static async Task<IReadOnlyList<ReviewTaskRow>> FirstOfAsync(
        IQueryable<ReviewTaskRow> tasks,
        int limit,
        CancellationToken cancellation
    )
    {
        var ranks = await tasks.OrderByDescending(task => task.Rank).Select(task => task.Rank).Take(limit).ToListAsync(cancellation);
        if (ranks.Count == 0)
            return [];
        var lowest = ranks[^1];
        var above = await tasks
            .Where(task => task.Rank > lowest)
            .OrderByDescending(task => task.Rank)
            .ThenBy(task => task.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        var rest = await tasks
            .Where(task => task.Rank == lowest)
            .OrderBy(task => task.Id)
            .Take(limit - above.Count)
            .ToListAsync(cancellation);
        return [.. above, .. rest];
    }

    /// <summary>How many tasks of a model are in each state that it has tasks in, at most <see cref="MostCounted"/> of each.</summary>
    public async Task<IReadOnlyDictionary<TaskState, int>> CountsAsync(ModelDefinition model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (await CountAsync(model.Id, cancellation)).GetValueOrDefault(model.Id) ?? new Dictionary<TaskState, int>();
    }

    /// <summary>How many tasks are in each state, by model, of models that have tasks; at most <see cref="MostCounted"/> of each.</summary>
    public Task<IReadOnlyDictionary<int, IReadOnlyDictionary<TaskState, int>>> CountsAsync(CancellationToken cancellation) =>
        CountAsync(null, cancellation);

    private async Task<IReadOnlyDictionary<int, IReadOnlyDictionary<TaskState, int>>> CountAsync(int? only, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var tasks = db.ReviewTasks;
        // A step into the index for each model and state, and never further than the most that is counted.
        var rows = await db
            .Models.Where(model => (only == null || model.Id == only) && tasks.Any(task => task.ModelId == model.Id))
            .Select(model => new
            {
                model.Id,
                Open = tasks
                    .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Open)
                    .OrderBy(task => task.Rank)
                    .Take(MostCounted)
                    .Count(),
                Done = tasks
                    .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Done)
                    .OrderBy(task => task.Rank)
                    .Take(MostCounted)
                    .Count(),
                Disputed = tasks
                    .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Disputed)
                    .OrderBy(task => task.Rank)
                    .Take(MostCounted)
                    .Count(),
                Broken = tasks
                    .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Broken)
                    .OrderBy(task => task.Rank)
                    .Take(MostCounted)
                    .Count(),
                Expired = tasks
                    .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Expired)
                    .OrderBy(task => task.Rank)
                    .Take(MostCounted)
                    .Count(),
            })
            .ToListAsync(cancellation);
        return rows.ToDictionary(
            row => row.Id,
            row =>
                (IReadOnlyDictionary<TaskState, int>)
                    new Dictionary<TaskState, int>
                    {
                        [TaskState.Open] = row.Open,
                        [TaskState.Done] = row.Done,
                        [TaskState.Disputed] = row.Disputed,
                        [TaskState.Broken] = row.Broken,
                        [TaskState.Expired] = row.Expired,
                    }
                        .Where(pair => pair.Value > 0)
                        .ToDictionary()
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

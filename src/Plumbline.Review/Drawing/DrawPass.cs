using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Review.Estimates;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;
using Plumbline.Statistics;

namespace Plumbline.Review.Drawing;

/// <summary>What became of a stretch of time.</summary>
public enum DrawOutcome
{
    /// <summary>Its tasks are stored.</summary>
    Drawn,

    /// <summary>Some of it had its draw already.</summary>
    Overlaps,

    /// <summary>There are <see cref="ReviewOptions.MaxOpenTasks"/> open tasks.</summary>
    Full,
}

/// <summary>Makes tasks of what policies choose. The tasks of a stretch and that it had its draw are one transaction.</summary>
public sealed class DrawPass(
    PolicyDraw draws,
    GoldTasks gold,
    ScoreReader scores,
    EmptyStretches empty,
    WindowLedger ledger,
    IDbContextFactory<StateDbContext> state,
    ReviewOptions options,
    TimeProvider time
)
{
    private const int TasksAtOnce = 1_000;
    private static readonly TimeSpan LongestStretch = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestStretch = TimeSpan.FromHours(1);

    /// <summary>
    /// Draws whatever of closed windows had no draw yet, in stretches of a day at most; false when there is no room for more tasks.
    /// Stretches shorter than an hour wait, but for the first.
    /// </summary>
    public async Task<bool> CatchUpAsync(ModelDefinition model, StoredPolicy stored, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stored);
        foreach (var (first, last) in await empty.FilledAsync(model, stored, cancellation))
        {
            if (await DrawAsync(model, stored, first, last, isNext: false, cancellation) == DrawOutcome.Full)
                return false;
        }

        var end = ClosedUntil(model);
        var from = stored.DrawnTo ?? model.WindowStart(time.GetUtcNow() - stored.Policy.MaxAge);
        if (stored.DrawnTo is not null && end - from < ShortestStretch)
            return true;
        // What somebody has drawn by hand has had its draw.
        var drawn = await DrawnAsync(stored, from, cancellation);
        while (from < end)
        {
            if (drawn.Find(stretch => stretch.From <= from && stretch.To > from) is { } covering)
            {
                from = covering.To;
                continue;
            }

            var free = drawn.Where(stretch => stretch.From > from).Select(stretch => stretch.From).DefaultIfEmpty(end).Min();
            var to = new[] { end, free, from + LongestStretch }.Min();
            if (await DrawAsync(model, stored, from, to, isNext: true, cancellation) == DrawOutcome.Full)
                return false;
            from = to;
        }

        return true;
    }

    private async Task<List<DrawnStretch>> DrawnAsync(StoredPolicy stored, DateTimeOffset from, CancellationToken cancellation)
    {
        var fromMs = from.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .ReviewDraws.Where(row => row.PolicyId == stored.Id && row.ToMs > fromMs)
            .Select(row => new
            {
                row.FromMs,
                row.ToMs,
                row.Population,
            })
            .ToListAsync(cancellation);
        return rows.ConvertAll(row => new DrawnStretch(
            DateTimeOffset.FromUnixTimeMilliseconds(row.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(row.ToMs),
            row.Population
        ));
    }

    // The ledger says which windows are closed by their starts.
    private DateTimeOffset ClosedUntil(ModelDefinition model)
    {
        var before = ledger.ClosedBefore(model);
        var start = model.WindowStart(before);
        return start < before ? start + model.Window : start;
    }

    /// <summary>Draws one stretch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stored">The policy.</param>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="isNext">True where the policy goes on from here; false for a stretch of the past that somebody asked for.</param>
    /// <param name="cancellation">Stops before anything is stored.</param>
    public async Task<DrawOutcome> DrawAsync(
        ModelDefinition model,
        StoredPolicy stored,
        DateTimeOffset from,
        DateTimeOffset to,
        bool isNext,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stored);
        // Before the work as well as with it: two may draw the same at the same time.
        var inTheWay = isNext ? [] : await DrawnAsync(stored, from, cancellation);
        if (inTheWay.Exists(stretch => stretch.From < to && !stretch.IsEmptyWithin(from, to)))
            return DrawOutcome.Overlaps;
        var draw = await draws.DrawAsync(model, (stored.Id, stored.Policy), from, to, cancellation);
        var evidence = await scores.ReadAsync(model, [.. draw.Rows.Select(row => row.Place)], cancellation);
        var known = await gold.ChooseAsync(model, stored, draw, cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        if (!await IsFreeAsync(db, stored.Id, fromMs, toMs, cancellation))
            return DrawOutcome.Overlaps;
        var open = await db.ReviewTasks.CountAsync(row => row.State == (int)TaskState.Open, cancellation);
        if (open + draw.Rows.Count > options.MaxOpenTasks)
            return DrawOutcome.Full;
        db.ReviewDraws.Add(
            new ReviewDrawRow
            {
                PolicyId = stored.Id,
                ModelId = model.Id,
                FromMs = fromMs,
                ToMs = toMs,
                Population = draw.Population,
                Expected = draw.Expected,
                CheapMeans = CheapLabels.Write(draw.CheapMeans),
                Drawn = draw.Rows.Count,
            }
        );
        if (isNext)
        {
            await db
                .ReviewPolicies.Where(row => row.Id == stored.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.DrawnToMs, toMs), cancellation);
        }

        var ranks = Ranks(draw, stored.Id);
        foreach (var part in draw.Rows.Chunk(TasksAtOnce))
            await StoreAsync(db, model, stored, part, ranks, evidence, cancellation);
        foreach (var part in known.Chunk(TasksAtOnce))
            await StoreGoldAsync(db, model, stored, part, ranks, cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return DrawOutcome.Drawn;
    }

    // Where there was nothing, nothing was drawn: such a stretch is drawn again as a whole, and what was noted of it goes.
    private static async Task<bool> IsFreeAsync(StateDbContext db, int policyId, long fromMs, long toMs, CancellationToken cancellation)
    {
        var own = db.ReviewDraws.Where(row => row.PolicyId == policyId);
        await own.Where(row => row.Population == 0 && row.FromMs >= fromMs && row.ToMs <= toMs).ExecuteDeleteAsync(cancellation);
        return !await own.AnyAsync(row => row.FromMs < toMs && row.ToMs > fromMs, cancellation);
    }

    /// <summary>
    /// Where each task stands in the queue: by its priority; those that chance alone has chosen at a place that chance gives, or they would
    /// wait behind all others and be answered by nobody.
    /// </summary>
    private static Dictionary<string, double> Ranks(Draw draw, int seed)
    {
        double[] byScore = [.. draw.Rows.Where(row => row.IsByScore).Select(row => row.Priority)];
        var random = new RandomSource((ulong)seed * 1_000_003 + (ulong)draw.From.ToUnixTimeSeconds());
        var ranks = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in draw.Rows)
            ranks[row.PredictionId] = row.IsByScore || byScore.Length == 0 ? row.Priority : byScore[random.NextInt(byScore.Length)];
        return ranks;
    }

    private async Task StoreAsync(
        StateDbContext db,
        ModelDefinition model,
        StoredPolicy stored,
        DrawnRow[] rows,
        Dictionary<string, double> ranks,
        IReadOnlyDictionary<string, ScoredPrediction> evidence,
        CancellationToken cancellation
    )
    {
        string[] ids = [.. rows.Select(row => row.PredictionId)];
        // Another policy may have chosen it already: then it is one task, chosen twice.
        var known = await db
            .ReviewTasks.Where(task => task.ModelId == model.Id && ids.Contains(task.PredictionId))
            .ToDictionaryAsync(task => task.PredictionId, StringComparer.Ordinal, cancellation);
        var made = new List<(DrawnRow Row, ReviewTaskRow Task)>(rows.Length);
        foreach (var row in rows)
        {
            if (!known.TryGetValue(row.PredictionId, out var task))
            {
                var scored = TaskEvidence.Of(row.Priority, evidence.GetValueOrDefault(row.PredictionId));
                task = NewTask(model, stored, row, ranks[row.PredictionId], scored);
                db.ReviewTasks.Add(task);
            }

            made.Add((row, task));
        }

        await db.SaveChangesAsync(cancellation);
        foreach (var (row, task) in made)
        {
            db.ReviewSelections.Add(
                new ReviewSelectionRow
                {
                    PolicyId = stored.Id,
                    ModelId = model.Id,
                    TaskId = task.Id,
                    Probability = row.Probability,
                    ByChance = row.ByChance,
                    IsByScore = row.IsByScore,
                }
            );
        }

        await db.SaveChangesAsync(cancellation);
        db.ChangeTracker.Clear();
    }

    private async Task StoreGoldAsync(
        StateDbContext db,
        ModelDefinition model,
        StoredPolicy stored,
        (DrawnRow Row, string Truth)[] rows,
        Dictionary<string, double> ranks,
        CancellationToken cancellation
    )
    {
        string[] ids = [.. rows.Select(row => row.Row.PredictionId)];
        var known = await db
            .ReviewTasks.Where(task => task.ModelId == model.Id && ids.Contains(task.PredictionId))
            .Select(task => task.PredictionId)
            .ToListAsync(cancellation);
        var random = new RandomSource((ulong)stored.Id * 7_000_003 + (ulong)rows.Length);
        double[] places = [.. ranks.Values.DefaultIfEmpty(0)];
        foreach (var (row, truth) in rows.Where(row => !known.Contains(row.Row.PredictionId)))
        {
            // No reason is told: a task that can be told from the others measures nothing.
            var task = NewTask(model, stored, row, places[random.NextInt(places.Length)], TaskEvidence.Of(0, null));
            task.Gold = truth;
            db.ReviewTasks.Add(task);
        }

        await db.SaveChangesAsync(cancellation);
        db.ChangeTracker.Clear();
    }

    private ReviewTaskRow NewTask(ModelDefinition model, StoredPolicy stored, DrawnRow row, double rank, TaskEvidence evidence)
    {
        var task = ReviewTaskRow.Begin(model, row.Place, (row.Version, row.Answer), evidence, time.GetUtcNow(), stored.Policy.MaxAge);
        (task.Rank, task.Wanted, task.PolicyId) = (rank, stored.Policy.Annotators, stored.Id);
        return task;
    }

    private sealed record DrawnStretch(DateTimeOffset From, DateTimeOffset To, long Population)
    {
        public bool IsEmptyWithin(DateTimeOffset from, DateTimeOffset to) => Population == 0 && From >= from && To <= to;
    }
}

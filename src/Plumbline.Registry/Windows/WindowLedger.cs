using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Windows;

/// <summary>Why a window no longer matches its events; a bit set.</summary>
[Flags]
public enum DirtyReason
{
    None = 0,

    /// <summary>Predictions arrived: profiles and everything after them.</summary>
    Predictions = 1,

    /// <summary>Ground truth was matched: performance only.</summary>
    GroundTruth = 2,

    /// <summary>The reference changed: the bins are new.</summary>
    Reference = 4,

    /// <summary>Signals arrived.</summary>
    Signals = 8,

    /// <summary>
    /// Rows that were counted before have become others, so that a version or a segment may be gone: everything is computed again, and
    /// what is not made again is retired.
    /// </summary>
    Rewritten = 16,

    /// <summary>Numbers of the machine were pulled and are stored: rules look, nothing is computed.</summary>
    Machine = 32,
}

/// <summary>A window to compute, and the mark under which it was taken.</summary>
public sealed record DirtyWindow(DateTimeOffset Start, TimeSpan Length, DirtyReason Reasons, long Mark, int Attempts)
{
    /// <summary>False when only what joins the predictions changed: their profiles are still right.</summary>
    public bool NeedsProfiles => (Reasons & (DirtyReason.Predictions | DirtyReason.Reference | DirtyReason.Rewritten)) != DirtyReason.None;

    /// <summary>True when groups that were computed before may have no rows any more.</summary>
    public bool IsRewritten => Reasons.HasFlag(DirtyReason.Rewritten);
}

/// <summary>
/// The durable list of windows to compute. Marking is idempotent; a window marked again while it is being computed stays
/// in the list, because clearing compares marks. So nothing is lost, whatever the order of arrival and whenever the process dies.
/// </summary>
public sealed class WindowLedger(
    IDbContextFactory<StateDbContext> state,
    ModelCatalog models,
    IHistoryFloor floor,
    WindowOptions options,
    TimeProvider time
)
{
    /// <summary>Tries, with pauses of 1, 2, 4 .. seconds between them, after which a window is set aside: about four minutes.</summary>
    public const int AttemptsBeforeSetAside = 8;

    private static readonly Backoff TryAgain = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    // Marks only need to differ from those taken before; ticks keep them ascending over restarts.
    private long _mark = time.GetUtcNow().UtcTicks;

    /// <summary>
    /// Raised after windows were marked, or may be computed earlier than they could: the pass sleeps while nothing is due.
    /// </summary>
    public event Action? Marked;

    /// <summary>Raised with the model's id after windows of it were computed, or failed: what may be judged has changed.</summary>
    public event Action<int>? Settled;

    /// <summary>Puts base windows on the list. Returns when that is durable. A model that was deleted meanwhile is passed over.</summary>
    public Task MarkDirtyAsync(
        int modelId,
        IReadOnlyCollection<DateTimeOffset> windowStarts,
        DirtyReason reason,
        CancellationToken cancellation
    ) =>
        models.Find(modelId) is { } model
            ? MarkAsync(modelId, windowStarts.Select(start => (start, model.Window)), reason, cancellation)
            : Task.CompletedTask;

    /// <summary>
    /// Puts base windows on the list whose rows became others. Of a window that is open nothing was computed yet that could be retired.
    /// </summary>
    public async Task MarkRewrittenAsync(
        ModelDefinition model,
        IReadOnlyCollection<DateTimeOffset> windowStarts,
        CancellationToken cancellation
    )
    {
        var closedBefore = ClosedBefore(model);
        foreach (var group in windowStarts.GroupBy(start => start < closedBefore))
            await MarkDirtyAsync(model.Id, [.. group], group.Key ? DirtyReason.Rewritten : DirtyReason.Predictions, cancellation);
    }

    /// <summary>Puts windows of any lengths on the list; those whose predictions are gone by retention stay as they are.</summary>
    public async Task MarkAsync(
        int modelId,
        IEnumerable<(DateTimeOffset Start, TimeSpan Length)> windows,
        DirtyReason reason,
        CancellationToken cancellation
    )
    {
        var kept = floor.Of(modelId);
        var list = windows.Where(window => window.Start >= kept).ToList();
        if (list.Count == 0)
            return;
        var quiet = time.GetUtcNow().ToUnixTimeMilliseconds() + options.QuietMs;
        var model = models.Find(modelId);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var (start, length) in list)
        {
            var startMs = start.ToUnixTimeMilliseconds();
            // An open window is not looked at before it closes: every model with traffic has one, and most of them nothing else.
            var notBefore = model is not null && length == model.Window ? Math.Max(quiet, startMs + UntilClosedMs(model)) : quiet;
            var mark = Interlocked.Increment(ref _mark);
            var row = new DirtyWindowRow
            {
                ModelId = modelId,
                Seconds = (int)length.TotalSeconds,
                StartMs = startMs,
                Reasons = (int)reason,
                Mark = mark,
                NotBeforeMs = notBefore,
            };
            await StateDialect.MarkAsync(db, row, AttemptsBeforeSetAside, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        Marked?.Invoke();
    }

    /// <summary>
    /// Windows of a model and length that are closed and may be computed now, newest first: that is where people look. Windows longer than
    /// the base window need not be closed: they are merged from what is.
    /// </summary>
    public async Task<IReadOnlyList<DirtyWindow>> TakeAsync(
        ModelDefinition model,
        TimeSpan length,
        int limit,
        CancellationToken cancellation
    )
    {
        var seconds = (int)length.TotalSeconds;
        var closedMs = length == model.Window ? ClosedBefore(model).ToUnixTimeMilliseconds() : long.MaxValue;
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.Seconds == seconds && row.StartMs < closedMs && row.NotBeforeMs <= nowMs)
            .OrderByDescending(row => row.StartMs)
            .Take(limit)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new DirtyWindow(
                DateTimeOffset.FromUnixTimeMilliseconds(row.StartMs),
                length,
                (DirtyReason)row.Reasons,
                row.Mark,
                row.Attempts
            )),
        ];
    }

    /// <summary>Whether a closed window from before a time waits to be computed. Those that are set aside do not.</summary>
    public async Task<bool> IsWaitingBeforeAsync(int modelId, DateTimeOffset before, CancellationToken cancellation)
    {
        var beforeMs = before.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
            .DirtyWindows.AsNoTracking()
            .AnyAsync(row => row.ModelId == modelId && row.StartMs < beforeMs && row.Attempts < AttemptsBeforeSetAside, cancellation);
    }

    /// <summary>Takes the windows from before a time off the list.</summary>
    public async Task DropBeforeAsync(int modelId, DateTimeOffset before, CancellationToken cancellation)
    {
        var beforeMs = before.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.DirtyWindows.Where(row => row.ModelId == modelId && row.StartMs < beforeMs).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Takes computed windows off the list, except those marked again since they were taken.</summary>
    public async Task ClearAsync(int modelId, IReadOnlyList<DirtyWindow> computed, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var window in computed)
        {
            var (seconds, startMs) = ((int)window.Length.TotalSeconds, window.Start.ToUnixTimeMilliseconds());
            await db
                .DirtyWindows.Where(row =>
                    row.ModelId == modelId && row.Seconds == seconds && row.StartMs == startMs && row.Mark == window.Mark
                )
                .ExecuteDeleteAsync(cancellation);
        }

        // Before too, so that nobody finds no window waiting and nothing changed; and after, for what looked too early.
        Settled?.Invoke(modelId);
        await transaction.CommitAsync(cancellation);
        Settled?.Invoke(modelId);
    }

    /// <summary>
    /// Leaves windows on the list after a failure, with the reason; they are tried again after a pause that doubles with each attempt.
    /// After <see cref="AttemptsBeforeSetAside"/> of them a window is set aside: nothing waits for it any more, it is shown, and it is
    /// tried again when its data change, when the server starts (perhaps as another version), and once an hour.
    /// </summary>
    public async Task FailAsync(int modelId, IReadOnlyList<DirtyWindow> windows, string error, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        foreach (var window in windows)
        {
            var (seconds, startMs) = ((int)window.Length.TotalSeconds, window.Start.ToUnixTimeMilliseconds());
            var pause = window.Attempts + 1 >= AttemptsBeforeSetAside ? TryAgain.Longest : TryAgain.After(window.Attempts + 1);
            var until = (time.GetUtcNow() + pause).ToUnixTimeMilliseconds();
            await db
                .DirtyWindows.Where(row => row.ModelId == modelId && row.Seconds == seconds && row.StartMs == startMs)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.Attempts, row => row.Attempts + 1)
                            .SetProperty(row => row.LastError, error)
                            .SetProperty(row => row.NotBeforeMs, until),
                    cancellation
                );
        }

        Settled?.Invoke(modelId);
    }

    /// <summary>Gives windows that were set aside by an earlier run another chance: this may be a version that can compute them.</summary>
    public async Task TryAgainAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .DirtyWindows.Where(row => row.Attempts >= AttemptsBeforeSetAside)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, 0).SetProperty(row => row.NotBeforeMs, 0), cancellation);
    }

    /// <summary>Windows that were set aside, of one model or of all, newest first; at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<SetAsideWindow>> SetAsideAsync(int? modelId, int limit, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.Attempts >= AttemptsBeforeSetAside && (modelId == null || row.ModelId == modelId))
            .OrderByDescending(row => row.StartMs)
            .Take(limit)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new SetAsideWindow(
                row.ModelId,
                DateTimeOffset.FromUnixTimeMilliseconds(row.StartMs),
                TimeSpan.FromSeconds(row.Seconds),
                row.LastError ?? ""
            )),
        ];
    }

    /// <summary>
    /// How many windows of a model wait that could be computed, the oldest, and the last error; those set aside are counted apart.
    /// </summary>
    public async Task<WindowBacklog> BacklogAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var closedMs = ClosedBefore(model).ToUnixTimeMilliseconds();
        var baseSeconds = (int)model.Window.TotalSeconds;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var listed = db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == model.Id && (row.Seconds != baseSeconds || row.StartMs < closedMs));
        // One statement: between two the last window may be computed, and then there is no oldest one.
        var found = await listed
            .GroupBy(row => row.Attempts >= AttemptsBeforeSetAside)
            .Select(all => new
            {
                SetAside = all.Key,
                Count = all.Count(),
                Oldest = all.Min(row => row.StartMs),
            })
            .ToListAsync(cancellation);
        if (found.Count == 0)
            return new(0, null, null, 0);
        var error = await listed
            .Where(row => row.LastError != null)
            .OrderByDescending(row => row.StartMs)
            .Select(row => row.LastError)
            .FirstOrDefaultAsync(cancellation);
        var waiting = found.Find(group => !group.SetAside);
        return new(
            waiting?.Count ?? 0,
            waiting is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(waiting.Oldest),
            error,
            found.Find(group => group.SetAside)?.Count ?? 0
        );
    }

    /// <summary>
    /// Of the windows that end at or before a time, of whatever length: how many wait, and how many were set aside. Open ones count too.
    /// </summary>
    public async Task<WindowBacklog> BacklogUntilAsync(ModelDefinition model, DateTimeOffset until, CancellationToken cancellation)
    {
        var untilMs = until.ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.StartMs + (row.Seconds * 1000L) <= untilMs)
            .OrderBy(row => row.StartMs)
            .Select(row => new
            {
                row.StartMs,
                row.Attempts,
                row.LastError,
            })
            .ToListAsync(cancellation);
        var waiting = rows.Where(row => row.Attempts < AttemptsBeforeSetAside).ToList();
        return new(
            waiting.Count,
            waiting.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(waiting[0].StartMs),
            rows.FindLast(row => row.LastError is not null)?.LastError,
            rows.Count - waiting.Count
        );
    }

    /// <summary>Models that have a window on the list which may be computed now.</summary>
    public async Task<IReadOnlyList<int>> ModelsDueAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.NotBeforeMs <= nowMs)
            .Select(row => row.ModelId)
            .Distinct()
            .ToListAsync(cancellation);
    }

    /// <summary>When the first window on the list may be computed, or might have been already; null when there is none.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var next = await db.DirtyWindows.AsNoTracking().MinAsync(row => (long?)row.NotBeforeMs, cancellation);
        return next is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    /// <summary>When the first of the windows that have rows and are still open closes; null when there is none.</summary>
    public async Task<DateTimeOffset?> NextCloseAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var (seconds, closedMs) = ((int)model.Window.TotalSeconds, ClosedBefore(model).ToUnixTimeMilliseconds());
        await using var db = await state.CreateDbContextAsync(cancellation);
        var start = await db
            .DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.Seconds == seconds && row.StartMs >= closedMs)
            .MinAsync(row => (long?)row.StartMs, cancellation);
        return start is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms + UntilClosedMs(model)) : null;
    }

    /// <summary>
    /// A model was declared with another lateness: its open windows close earlier now, perhaps. Those that close later are looked at in
    /// vain until then.
    /// </summary>
    public async Task CloseEarlierAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var (seconds, closedMs) = ((int)model.Window.TotalSeconds, UntilClosedMs(model));
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .DirtyWindows.Where(row =>
                row.ModelId == model.Id && row.Seconds == seconds && row.Attempts == 0 && row.NotBeforeMs > row.StartMs + closedMs
            )
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.NotBeforeMs, row => row.StartMs + closedMs), cancellation);
    }

    /// <summary>Models that have anything on the list.</summary>
    public async Task<IReadOnlyList<int>> ModelsWithWorkAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.DirtyWindows.AsNoTracking().Select(row => row.ModelId).Distinct().ToListAsync(cancellation);
    }

    /// <summary>A base window that starts before this instant is closed: its end plus the allowed lateness has passed.</summary>
    public DateTimeOffset ClosedBefore(ModelDefinition model) =>
        time.GetUtcNow() - model.Window - model.AllowedLateness + TimeSpan.FromMilliseconds(1);

    private static long UntilClosedMs(ModelDefinition model) => (long)(model.Window + model.AllowedLateness).TotalMilliseconds;
}

/// <summary>Windows of a model that wait to be computed.</summary>
/// <param name="Count">Windows that are closed and not computed.</param>
/// <param name="Oldest">Start of the oldest of them.</param>
/// <param name="LastError">Why the newest window that failed did; null when none has.</param>
/// <param name="SetAside">Windows that failed too often and that nothing waits for.</param>
public sealed record WindowBacklog(int Count, DateTimeOffset? Oldest, string? LastError, int SetAside);

/// <summary>A window that could not be computed after several tries.</summary>
public sealed record SetAsideWindow(int ModelId, DateTimeOffset Start, TimeSpan Length, string Error);

using Microsoft.EntityFrameworkCore;
using Plumbline.Server.Models;
using Plumbline.Server.State;

namespace Plumbline.Server.Windows;

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
}

/// <summary>A window to compute, and the mark under which it was taken.</summary>
public sealed record DirtyWindow(DateTimeOffset Start, DirtyReason Reasons, long Mark, int Attempts);

/// <summary>
/// The durable list of base windows to compute. Marking is idempotent; a window marked again while it is being computed stays
/// in the list, because clearing compares marks. So nothing is lost, whatever the order of arrival and whenever the process dies.
/// </summary>
public sealed class WindowLedger(IDbContextFactory<StateDbContext> state, TimeProvider time)
{
    private long _mark = time.GetUtcNow().UtcTicks;

    /// <summary>Puts windows on the list. Returns when that is durable.</summary>
    public async Task MarkDirtyAsync(int modelId, IReadOnlyCollection<DateTimeOffset> windowStarts, DirtyReason reason, CancellationToken cancellation)
    {
        if (windowStarts.Count == 0) return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var start in windowStarts)
        {
            var startMs = start.ToUnixTimeMilliseconds();
            var mark = Interlocked.Increment(ref _mark);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO dirty_window (ModelId, StartMs, Reasons, Mark, MarkedAtMs, Attempts, LastError)
                VALUES ({modelId}, {startMs}, {(int)reason}, {mark}, {now}, 0, NULL)
                ON CONFLICT (ModelId, StartMs) DO UPDATE SET Reasons = Reasons | excluded.Reasons, Mark = excluded.Mark, MarkedAtMs = excluded.MarkedAtMs
                """,
                cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Windows of a model that are closed and have been quiet, oldest first.</summary>
    /// <param name="closedBefore">Only windows whose start is before this instant: the caller subtracts window length and allowed lateness from now.</param>
    /// <param name="quietBefore">Only windows last marked before this instant.</param>
    public async Task<IReadOnlyList<DirtyWindow>> TakeAsync(int modelId, DateTimeOffset closedBefore, DateTimeOffset quietBefore, int limit, CancellationToken cancellation)
    {
        var (closedMs, quietMs) = (closedBefore.ToUnixTimeMilliseconds(), quietBefore.ToUnixTimeMilliseconds());
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == modelId && row.StartMs < closedMs && row.MarkedAtMs <= quietMs)
            .OrderBy(row => row.StartMs).Take(limit).ToListAsync(cancellation);
        return [.. rows.Select(row => new DirtyWindow(DateTimeOffset.FromUnixTimeMilliseconds(row.StartMs), (DirtyReason)row.Reasons, row.Mark, row.Attempts))];
    }

    /// <summary>Takes computed windows off the list, except those marked again since they were taken.</summary>
    public async Task ClearAsync(int modelId, IReadOnlyList<DirtyWindow> computed, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var window in computed)
        {
            var startMs = window.Start.ToUnixTimeMilliseconds();
            await db.DirtyWindows.Where(row => row.ModelId == modelId && row.StartMs == startMs && row.Mark == window.Mark).ExecuteDeleteAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Leaves windows on the list after a failure, with the reason; they are tried again after a pause that grows with the attempts.</summary>
    public async Task FailAsync(int modelId, IReadOnlyList<DirtyWindow> windows, string error, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        foreach (var window in windows)
        {
            var startMs = window.Start.ToUnixTimeMilliseconds();
            var pauseMs = (long)Math.Min(300_000, 1000 * Math.Pow(2, Math.Min(window.Attempts, 20)));
            var until = time.GetUtcNow().ToUnixTimeMilliseconds() + pauseMs;
            await db.DirtyWindows.Where(row => row.ModelId == modelId && row.StartMs == startMs)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, row => row.Attempts + 1).SetProperty(row => row.LastError, error).SetProperty(row => row.MarkedAtMs, until), cancellation);
        }
    }

    /// <summary>Per model: how many closed windows wait, the oldest, and the last error.</summary>
    public async Task<WindowBacklog> BacklogAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var closedMs = ClosedBefore(model).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var waiting = db.DirtyWindows.AsNoTracking().Where(row => row.ModelId == model.Id && row.StartMs < closedMs);
        var count = await waiting.CountAsync(cancellation);
        var oldest = count == 0 ? null : await waiting.MinAsync(row => (long?)row.StartMs, cancellation);
        var error = count == 0 ? null : await waiting.Where(row => row.LastError != null).Select(row => row.LastError).FirstOrDefaultAsync(cancellation);
        return new(count, oldest is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null, error);
    }

    /// <summary>Models that have anything on the list.</summary>
    public async Task<IReadOnlyList<int>> ModelsWithWorkAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.DirtyWindows.AsNoTracking().Select(row => row.ModelId).Distinct().ToListAsync(cancellation);
    }

    /// <summary>A window that starts before this instant is closed: its end plus the allowed lateness has passed.</summary>
    public DateTimeOffset ClosedBefore(ModelDefinition model) => time.GetUtcNow() - model.Window - model.AllowedLateness + TimeSpan.FromMilliseconds(1);
}

/// <summary>Closed windows of a model that wait to be computed.</summary>
public sealed record WindowBacklog(int Count, DateTimeOffset? Oldest, string? LastError);

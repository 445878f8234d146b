using Microsoft.EntityFrameworkCore;
using Plumbline.Server.Hosting;
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
public sealed record DirtyWindow(DateTimeOffset Start, TimeSpan Length, DirtyReason Reasons, long Mark, int Attempts)
{
    /// <summary>False when only what joins the predictions changed: their profiles are still right.</summary>
    public bool NeedsProfiles => Reasons.HasFlag(DirtyReason.Predictions) || Reasons.HasFlag(DirtyReason.Reference);
}

/// <summary>
/// The durable list of windows to compute. Marking is idempotent; a window marked again while it is being computed stays
/// in the list, because clearing compares marks. So nothing is lost, whatever the order of arrival and whenever the process dies.
/// </summary>
public sealed class WindowLedger(IDbContextFactory<StateDbContext> state, ModelCatalog models, PlumblineOptions options, TimeProvider time)
{
    // Marks only need to differ from those taken before; ticks keep them ascending over restarts.
    private long _mark = time.GetUtcNow().UtcTicks;

    /// <summary>Raised after windows were marked, so that the pass need not wait for its next look.</summary>
    public event Action? Marked;

    /// <summary>Raised with the model's id after windows of it were computed, or failed: what may be judged has changed.</summary>
    public event Action<int>? Settled;

    /// <summary>Puts base windows on the list. Returns when that is durable. A model that was deleted meanwhile is passed over.</summary>
    public Task MarkDirtyAsync(int modelId, IReadOnlyCollection<DateTimeOffset> windowStarts, DirtyReason reason, CancellationToken cancellation) =>
        models.Find(modelId) is { } model ? MarkAsync(modelId, windowStarts.Select(start => (start, model.Window)), reason, cancellation) : Task.CompletedTask;

    /// <summary>Puts windows of any lengths on the list.</summary>
    public async Task MarkAsync(int modelId, IEnumerable<(DateTimeOffset Start, TimeSpan Length)> windows, DirtyReason reason, CancellationToken cancellation)
    {
        var list = windows.ToList();
        if (list.Count == 0) return;
        var notBefore = time.GetUtcNow().ToUnixTimeMilliseconds() + options.Windows.QuietMs;
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var (start, length) in list)
        {
            var startMs = start.ToUnixTimeMilliseconds();
            var mark = Interlocked.Increment(ref _mark);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO dirty_window (ModelId, Seconds, StartMs, Reasons, Mark, NotBeforeMs, Attempts, LastError)
                VALUES ({modelId}, {(int)length.TotalSeconds}, {startMs}, {(int)reason}, {mark}, {notBefore}, 0, NULL)
                ON CONFLICT (ModelId, Seconds, StartMs) DO UPDATE SET Reasons = Reasons | excluded.Reasons, Mark = excluded.Mark
                """,
                cancellation);
        }

        await transaction.CommitAsync(cancellation);
        Marked?.Invoke();
    }

    /// <summary>Windows of a model and length that are closed and may be computed now, newest first: that is where people look. Windows longer than the base window need not be closed: they are merged from what is.</summary>
    public async Task<IReadOnlyList<DirtyWindow>> TakeAsync(ModelDefinition model, TimeSpan length, int limit, CancellationToken cancellation)
    {
        var seconds = (int)length.TotalSeconds;
        var closedMs = length == model.Window ? ClosedBefore(model).ToUnixTimeMilliseconds() : long.MaxValue;
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.DirtyWindows.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.Seconds == seconds && row.StartMs < closedMs && row.NotBeforeMs <= nowMs)
            .OrderByDescending(row => row.StartMs).Take(limit).ToListAsync(cancellation);
        return [.. rows.Select(row => new DirtyWindow(DateTimeOffset.FromUnixTimeMilliseconds(row.StartMs), length, (DirtyReason)row.Reasons, row.Mark, row.Attempts))];
    }

    /// <summary>Takes computed windows off the list, except those marked again since they were taken.</summary>
    public async Task ClearAsync(int modelId, IReadOnlyList<DirtyWindow> computed, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var window in computed)
        {
            var (seconds, startMs) = ((int)window.Length.TotalSeconds, window.Start.ToUnixTimeMilliseconds());
            await db.Database.ExecuteSqlAsync($"DELETE FROM dirty_window WHERE ModelId = {modelId} AND Seconds = {seconds} AND StartMs = {startMs} AND Mark = {window.Mark}", cancellation);
        }

        await transaction.CommitAsync(cancellation);
        Settled?.Invoke(modelId);
    }

    /// <summary>Leaves windows on the list after a failure, with the reason; they are tried again after a pause that doubles with each attempt, at most 5 minutes.</summary>
    public async Task FailAsync(int modelId, IReadOnlyList<DirtyWindow> windows, string error, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        foreach (var window in windows)
        {
            var (seconds, startMs) = ((int)window.Length.TotalSeconds, window.Start.ToUnixTimeMilliseconds());
            var until = time.GetUtcNow().ToUnixTimeMilliseconds() + (long)Math.Min(300_000, 1000 * Math.Pow(2, Math.Min(window.Attempts, 20)));
            await db.Database.ExecuteSqlAsync($"UPDATE dirty_window SET Attempts = Attempts + 1, LastError = {error}, NotBeforeMs = {until} WHERE ModelId = {modelId} AND Seconds = {seconds} AND StartMs = {startMs}", cancellation);
        }

        Settled?.Invoke(modelId);
    }

    /// <summary>How many windows of a model wait that could be computed, the oldest, and the last error.</summary>
    public async Task<WindowBacklog> BacklogAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var closedMs = ClosedBefore(model).ToUnixTimeMilliseconds();
        var baseSeconds = (int)model.Window.TotalSeconds;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var waiting = db.DirtyWindows.AsNoTracking().Where(row => row.ModelId == model.Id && (row.Seconds != baseSeconds || row.StartMs < closedMs));
        // One statement: between two the last window may be computed, and then there is no oldest one.
        var found = await waiting.GroupBy(_ => 1).Select(all => new { Count = all.Count(), Oldest = all.Min(row => row.StartMs) }).SingleOrDefaultAsync(cancellation);
        if (found is null) return new(0, null, null);
        var error = await waiting.Where(row => row.LastError != null).Select(row => row.LastError).FirstOrDefaultAsync(cancellation);
        return new(found.Count, DateTimeOffset.FromUnixTimeMilliseconds(found.Oldest), error);
    }

    /// <summary>Models that have anything on the list.</summary>
    public async Task<IReadOnlyList<int>> ModelsWithWorkAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.DirtyWindows.AsNoTracking().Select(row => row.ModelId).Distinct().ToListAsync(cancellation);
    }

    /// <summary>A base window that starts before this instant is closed: its end plus the allowed lateness has passed.</summary>
    public DateTimeOffset ClosedBefore(ModelDefinition model) => time.GetUtcNow() - model.Window - model.AllowedLateness + TimeSpan.FromMilliseconds(1);
}

/// <summary>Windows of a model that wait to be computed.</summary>
public sealed record WindowBacklog(int Count, DateTimeOffset? Oldest, string? LastError);

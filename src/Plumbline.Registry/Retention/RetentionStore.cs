using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Plumbline.Events;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Registry.Retention;

/// <summary>What was deleted of a model by retention.</summary>
/// <param name="Before">Everything of before is gone.</param>
/// <param name="Rows">Rows that were deleted in all, the merged ones included.</param>
/// <param name="Merged">Of these, predictions that had been made of parts.</param>
/// <param name="IsFinished">False while it is being deleted, and after a crash in the middle of that.</param>
/// <param name="At">When the last deletion began.</param>
public sealed record Expiry(DateTimeOffset Before, long Rows, long Merged, bool IsFinished, DateTimeOffset At);

/// <summary>Remembers what retention deleted, so that counters and history stay right without the rows.</summary>
public sealed class RetentionStore(IDbContextFactory<StateDbContext> state, ModelCatalog models, TimeProvider time) : IHistoryFloor
{
    private ImmutableDictionary<(int ModelId, string Data), Expiry> _known = [];

    /// <summary>Reads what earlier runs deleted. Before anything is computed.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        _known = (await db.ModelExpiries.AsNoTracking().ToListAsync(cancellation)).ToImmutableDictionary(
            row => (row.ModelId, row.Data),
            Read
        );
    }

    /// <summary>What was deleted of one kind of data; null for nothing.</summary>
    public Expiry? Find(int modelId, string data) => _known.GetValueOrDefault((modelId, data));

    /// <summary>Events of all kinds that were deleted of a model.</summary>
    public long EventsOf(int modelId) => Enum.GetValues<EventKind>().Sum(kind => Find(modelId, EventRows.Of(kind))?.Rows ?? 0);

    /// <summary>What was deleted, by model and kind of data.</summary>
    public IReadOnlyDictionary<(int ModelId, string Data), Expiry> All => _known;

    /// <inheritdoc/>
    public DateTimeOffset Of(int modelId)
    {
        var model = models.Find(modelId);
        var predictions = Floor(Find(modelId, EventRows.Predictions), model?.PredictionRetention);
        var computed = Floor(Find(modelId, EventRows.Profiles), model?.ProfileRetention);
        return predictions > computed ? predictions : computed;
    }

    // A model that is declared to keep more from now on may get older rows again.
    private DateTimeOffset Floor(Expiry? expiry, TimeSpan? kept)
    {
        if (expiry is null || kept is not { } period)
            return DateTimeOffset.MinValue;
        var cutoff = StartOfMonth(time.GetUtcNow() - period);
        return cutoff < expiry.Before ? cutoff : expiry.Before;
    }

    /// <summary>
    /// The beginning of a time's month: partitions are months, so nothing of the month of the cutoff goes before all of it may.
    /// </summary>
    public static DateTimeOffset StartOfMonth(DateTimeOffset at) =>
        new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Says that a deletion begins: from now on nothing of before is computed again.</summary>
    public Task BeginAsync(int modelId, string data, DateTimeOffset before, CancellationToken cancellation) =>
        ChangeAsync(
            modelId,
            data,
            row =>
                (row.BeforeMs, row.IsFinished, row.AtMs) = (
                    before.ToUnixTimeMilliseconds(),
                    false,
                    time.GetUtcNow().ToUnixTimeMilliseconds()
                ),
            cancellation
        );

    /// <summary>Says that it is done.</summary>
    public Task FinishAsync(int modelId, string data, ExpiredRows gone, CancellationToken cancellation) =>
        ChangeAsync(
            modelId,
            data,
            row => (row.Rows, row.Merged, row.IsFinished) = (row.Rows + gone.Rows, row.Merged + gone.Merged, true),
            cancellation
        );

    /// <summary>Counts rows that a deletion had taken when the process died.</summary>
    public Task AddUncountedAsync(int modelId, string data, long rows, CancellationToken cancellation) =>
        ChangeAsync(modelId, data, row => row.Rows += rows, cancellation);

    /// <summary>Forgets a model that is deleted.</summary>
    public async Task ForgetAsync(int modelId, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.ModelExpiries.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        ImmutableInterlocked.Update(ref _known, known => known.RemoveRange(known.Keys.Where(key => key.ModelId == modelId)));
    }

    private async Task ChangeAsync(int modelId, string data, Action<ModelExpiryRow> change, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.ModelExpiries.FindAsync([modelId, data], cancellation);
        if (row is null)
            db.ModelExpiries.Add(row = new ModelExpiryRow { ModelId = modelId, Data = data });
        change(row);
        await db.SaveChangesAsync(cancellation);
        ImmutableInterlocked.Update(ref _known, known => known.SetItem((modelId, data), Read(row)));
    }

    /// <summary>What a row says.</summary>
    internal static Expiry Read(ModelExpiryRow row) =>
        new(
            DateTimeOffset.FromUnixTimeMilliseconds(row.BeforeMs),
            row.Rows,
            row.Merged,
            row.IsFinished,
            DateTimeOffset.FromUnixTimeMilliseconds(row.AtMs)
        );
}

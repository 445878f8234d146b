using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>A trigger with what is known of it.</summary>
/// <param name="ModelId">Whose.</param>
/// <param name="Trigger">As it was declared.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed.</param>
/// <param name="UpdatedBy">By whom.</param>
public sealed record StoredTrigger(
    int ModelId,
    RetrainingTrigger Trigger,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string UpdatedBy
)
{
    internal static StoredTrigger Of(TriggerRow row) =>
        new(
            row.ModelId,
            JsonSerializer.Deserialize<RetrainingTrigger>(row.Definition, RetrainingTrigger.Json)!,
            DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
            DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAtMs),
            row.UpdatedBy
        );
}

/// <summary>The triggers of models.</summary>
public sealed class TriggerStore(IDbContextFactory<StateDbContext> state, TimeProvider time) : IDisposable
{
    /// <summary>Triggers per model.</summary>
    public const int MaxTriggers = 20;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Raised after a trigger was written.</summary>
    public event Action? Changed;

    /// <summary>The triggers of a model, by name; of all models for null.</summary>
    public async Task<IReadOnlyList<StoredTrigger>> ReadAsync(ModelDefinition? model, CancellationToken cancellation)
    {
        var id = model?.Id;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .RetrainingTriggers.AsNoTracking()
            .Where(row => id == null || row.ModelId == id)
            .OrderBy(row => row.ModelId)
            .ThenBy(row => row.Name)
            .ToListAsync(cancellation);
        return [.. rows.Select(StoredTrigger.Of)];
    }

    /// <summary>The trigger of that name; null when there is none.</summary>
    public async Task<StoredTrigger?> FindAsync(ModelDefinition model, string name, CancellationToken cancellation) =>
        (await ReadAsync(model, cancellation)).FirstOrDefault(stored => stored.Trigger.Name == name);

    /// <summary>Saves a trigger, in place of one of the same name; false when the model has <see cref="MaxTriggers"/> already.</summary>
    public async Task<bool> PutAsync(ModelDefinition model, RetrainingTrigger trigger, string who, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trigger);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.RetrainingTriggers.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Name == trigger.Name, cancellation);
        if (row is null && await db.RetrainingTriggers.CountAsync(other => other.ModelId == model.Id, cancellation) >= MaxTriggers)
            return false;
        var (definition, now) = (JsonSerializer.Serialize(trigger, RetrainingTrigger.Json), time.GetUtcNow().ToUnixTimeMilliseconds());
        if (row is null)
        {
            row = new TriggerRow
            {
                ModelId = model.Id,
                Name = trigger.Name,
                Definition = definition,
                CreatedAtMs = now,
                UpdatedBy = who,
            };
            db.RetrainingTriggers.Add(row);
        }

        (row.Definition, row.UpdatedAtMs, row.UpdatedBy) = (definition, now, who);
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return true;
    }

    /// <summary>Removes a trigger; its runs stay. False when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(ModelDefinition model, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.RetrainingTriggers.Where(row => row.ModelId == model.Id && row.Name == name).ExecuteDeleteAsync(cancellation) > 0;
    }

    public void Dispose() => _changing.Dispose();
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>A query with what is known of it.</summary>
/// <param name="Metric">The metric that it gives.</param>
/// <param name="Query">As it was declared.</param>
/// <param name="UpdatedAt">When that was.</param>
/// <param name="UpdatedBy">By whom.</param>
/// <param name="PulledTo">Windows that end by this time have been asked for.</param>
/// <param name="AskedAt">When it was asked last; null before the first time.</param>
/// <param name="Problem">Why the last question gave nothing that can be used; null when it did.</param>
/// <param name="ProblemSince">Since when that is so.</param>
public sealed record StoredMachineQuery(
    string Metric,
    MachineQuery Query,
    DateTimeOffset UpdatedAt,
    string UpdatedBy,
    DateTimeOffset PulledTo,
    DateTimeOffset? AskedAt,
    string? Problem,
    DateTimeOffset? ProblemSince
)
{
    internal static StoredMachineQuery Of(MachineQueryRow row) =>
        new(
            row.Metric,
            JsonSerializer.Deserialize<MachineQuery>(row.Definition, MachineQuery.Json)!,
            Time(row.UpdatedAtMs)!.Value,
            row.UpdatedBy,
            Time(row.PulledToMs)!.Value,
            Time(row.AskedAtMs),
            row.Problem,
            Time(row.ProblemSinceMs)
        );

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}

/// <summary>The declared queries of models: one for each metric of the machine at most.</summary>
public sealed class MachineQueryStore(IDbContextFactory<StateDbContext> state, MachineOptions options, TimeProvider time)
{
    /// <summary>Raised after a query was declared or changed.</summary>
    public event Action? Changed;

    /// <summary>Of a model, by metric.</summary>
    public async Task<IReadOnlyList<StoredMachineQuery>> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.MachineQueries.AsNoTracking().Where(row => row.ModelId == model.Id).ToListAsync(cancellation);
        return [.. rows.OrderBy(row => row.Metric, StringComparer.Ordinal).Select(StoredMachineQuery.Of)];
    }

    /// <summary>Saves a query, in place of the one of the same metric, and asks it for what is not long past.</summary>
    public async Task PutAsync(ModelDefinition model, string metric, MachineQuery query, string who, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.MachineQueries.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Metric == metric, cancellation);
        var definition = JsonSerializer.Serialize(query, MachineQuery.Json);
        if (row is null)
        {
            row = new MachineQueryRow
            {
                ModelId = model.Id,
                Metric = metric,
                Definition = definition,
                UpdatedBy = who,
            };
            db.MachineQueries.Add(row);
        }

        (row.Definition, row.UpdatedAtMs, row.UpdatedBy) = (definition, now.ToUnixTimeMilliseconds(), who);
        row.PulledToMs = model.WindowStart(now - options.Backfill).ToUnixTimeMilliseconds();
        (row.AskedAtMs, row.Problem, row.ProblemSinceMs, row.Failures) = (null, null, null, 0);
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
    }

    /// <summary>Removes a query; what it gave stays. False when there is none.</summary>
    public async Task<bool> DeleteAsync(ModelDefinition model, string metric, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.MachineQueries.Where(row => row.ModelId == model.Id && row.Metric == metric).ExecuteDeleteAsync(cancellation) > 0;
    }

    /// <summary>Every query.</summary>
    internal async Task<IReadOnlyList<MachineQueryRow>> AllAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.MachineQueries.AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Takes note of how a question went; nothing when the query was changed meanwhile.</summary>
    /// <param name="asked">The query as it was asked.</param>
    /// <param name="pulledTo">Windows that end by this time have been asked for.</param>
    /// <param name="problem">Why nothing can be used; null when it can.</param>
    /// <param name="isFailure">Whether it must be asked again soon.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async Task NoteAsync(
        MachineQueryRow asked,
        DateTimeOffset pulledTo,
        string? problem,
        bool isFailure,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.MachineQueries.FirstOrDefaultAsync(
            row => row.ModelId == asked.ModelId && row.Metric == asked.Metric && row.UpdatedAtMs == asked.UpdatedAtMs,
            cancellation
        );
        if (row is null)
            return;
        row.PulledToMs = pulledTo.ToUnixTimeMilliseconds();
        row.AskedAtMs = now;
        row.ProblemSinceMs = problem is null ? null : row.ProblemSinceMs ?? now;
        row.Problem = problem;
        row.Failures = isFailure ? row.Failures + 1 : 0;
        await db.SaveChangesAsync(cancellation);
    }
}

using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources;

/// <summary>The declared sources. What each has read is kept beside its declaration, in the same row.</summary>
public sealed class SourceCatalog(
    IDbContextFactory<StateDbContext> state,
    SourcesOptions options,
    TimeProvider time,
    ILogger<SourceCatalog> log
) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Raised after a source became due earlier than it was.</summary>
    public event Action? Hurried;

    /// <summary>Raised with the number of a source that is no more.</summary>
    public event Action<long>? Removed;

    /// <summary>
    /// Creates or changes a source; it is due at once. Its cursor stays where it is unless other rows, or other columns of them, are read
    /// from now on.
    /// </summary>
    /// <returns>Whether it is new, or what is wrong by field.</returns>
    public async Task<(bool Created, IReadOnlyList<FieldError> Errors)> PutAsync(
        ModelDefinition model,
        string name,
        SourceSpecification source,
        string by,
        CancellationToken cancellation
    )
    {
        if (SourceRules.Check(name, source, options) is { Count: > 0 } errors)
            return (false, errors);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.OutcomeSources.FirstOrDefaultAsync(known => known.ModelId == model.Id && known.Name == name, cancellation);
        var created = row is null;
        if (row is null)
        {
            if (await db.OutcomeSources.CountAsync(known => known.ModelId == model.Id, cancellation) >= SourceRules.MaxSources)
                return (false, [new("name", $"the model has {SourceRules.MaxSources} sources already, which is the most.")]);
            db.OutcomeSources.Add(
                row = new OutcomeSourceRow
                {
                    ModelId = model.Id,
                    Name = name,
                    Specification = "",
                    ChangedBy = by,
                    Enabled = true,
                }
            );
        }
        else if (!source.ReadsLike(Read(row)))
        {
            (row.CursorWatermark, row.CursorTie, row.CursorMovedMs, row.PullBeganMs, row.CompleteBeganMs) = (null, null, 0, null, null);
        }

        // Whoever declares it again has seen what the columns are now.
        row.Shape = null;
        row.Generation++;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        (row.Specification, row.ChangedBy, row.ChangedAtMs, row.NextPullMs) = (
            JsonSerializer.Serialize(source, SourceSpecification.Json),
            by,
            now,
            now
        );
        await db.SaveChangesAsync(cancellation);
        Hurried?.Invoke();
        log.SourceDeclared(name, model.Name, created ? "created" : "changed", by);
        return (created, []);
    }

    /// <summary>Removes a source; what it brought stays. False when there is none.</summary>
    public Task<bool> RemoveAsync(int modelId, string name, CancellationToken cancellation) =>
        RemoveAsync(row => row.ModelId == modelId && row.Name == name, cancellation);

    /// <summary>Makes it due now. False when there is none.</summary>
    public async Task<bool> HurryAsync(int modelId, string name, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return Due(
            await db
                .OutcomeSources.Where(row => row.ModelId == modelId && row.Name == name)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.NextPullMs, now), cancellation)
        );
    }

    /// <summary>Switches it on, which makes it due, or off. False when there is none.</summary>
    public async Task<bool> SwitchAsync(int modelId, string name, bool on, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        // A further generation also stops the pull that runs.
        return Due(
            await db
                .OutcomeSources.Where(row => row.ModelId == modelId && row.Name == name)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.Enabled, on)
                            .SetProperty(row => row.NextPullMs, now)
                            .SetProperty(row => row.Generation, row => row.Generation + 1),
                    cancellation
                )
        );
    }

    /// <summary>Removes the sources of a deleted model.</summary>
    public Task ForgetAsync(int modelId, CancellationToken cancellation) => RemoveAsync(row => row.ModelId == modelId, cancellation);

    public void Dispose() => _changing.Dispose();

    private async Task<bool> RemoveAsync(Expression<Func<OutcomeSourceRow, bool>> which, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = db.OutcomeSources.Where(which);
        var ids = await rows.Select(row => row.Id).ToListAsync(cancellation);
        await rows.ExecuteDeleteAsync(cancellation);
        foreach (var id in ids)
            Removed?.Invoke(id);
        return ids.Count > 0;
    }

    private bool Due(int sources)
    {
        if (sources > 0)
            Hurried?.Invoke();
        return sources > 0;
    }

    internal static SourceSpecification Read(OutcomeSourceRow row) =>
        JsonSerializer.Deserialize<SourceSpecification>(row.Specification, SourceSpecification.Json)!;
}
